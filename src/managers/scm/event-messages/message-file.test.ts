import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { eventMessageFile } from './message-file.ts'
import { messageTable } from './message-table.ts'
import { resourceDll } from './resource-dll.ts'

/** The texts of a table, read by its blocks as FormatMessage reads them. */
function readTable(table: Buffer): Record<number, string> {
  const texts: Record<number, string> = {}
  for (let block = 0; block < table.readUInt32LE(0); block += 1) {
    const [low, high, start] = [0, 4, 8].map((at) => table.readUInt32LE(4 + block * 12 + at)) as [
      number,
      number,
      number,
    ]
    let at = start
    for (let id = low; id <= high; id += 1) {
      const length = table.readUInt16LE(at)
      expect(length % 4).toBe(0)
      expect(table.readUInt16LE(at + 2)).toBe(1)
      texts[id] = table.toString('utf16le', at + 4, at + length).replace(/\0+$/, '')
      at += length
    }
  }
  return texts
}

test('a table has a block for each run of ids, in ascending order whatever the order given', () => {
  const table = messageTable([
    { id: 20, text: '二十' },
    { id: 2, text: 'two %1' },
    { id: 1, text: '' },
  ])
  expect(table.readUInt32LE(0)).toBe(2)
  expect(readTable(table)).toEqual({ 1: '\r\n', 2: 'two %1\r\n', 20: '二十\r\n' })
})

test('the same resource is the same DLL to the byte, a different one is a different DLL', () => {
  const make = (text: string) => resourceDll(11, 1, [{ language: 9, data: Buffer.from(text) }])
  expect(make('a')).toEqual(make('a'))
  expect(make('a').equals(make('b'))).toBe(false)
})

test('the file is named for its content, and is what it was when it was last looked at', async () => {
  const { fileName, content } = eventMessageFile()
  const hash = createHash('sha256').update(content).digest('hex')
  expect(fileName).toBe(`events-${hash.slice(0, 16)}.dll`)
  // A change of it is wanted when texts change: update the golden file then (`vitest run -u`).
  await expect(`${hash}\n`).toMatchFileSnapshot(
    '../../../../test/golden/windows/event-messages.sha256',
  )
})

test('languages are in ascending order, as the loader of Windows looks them up', () => {
  const { content } = eventMessageFile()
  const section = content.subarray(content.readUInt32LE(0x40 + 24 + 240 + 20))
  expect([section.readUInt32LE(64), section.readUInt32LE(72)]).toEqual([0x0409, 0x0804])
})
