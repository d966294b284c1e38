import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Data, NtExecutable, NtExecutableResource, Resource } from 'resedit'
import { afterAll, describe, expect, test } from 'vitest'
import type { PackSpec } from '../../model/pack-spec.ts'
import { SEA_FUSE } from './runtimes.ts'
import { withResources } from './windows-resources.ts'

const room = mkdtempSync(join(tmpdir(), 'stead-resources-'))
afterAll(() => rmSync(room, { recursive: true }))

/** An executable without code, with the fuse where Node has it in its data. */
function runtime(): Buffer {
  const executable = NtExecutable.createEmpty(false, false)
  executable.setExtraData(Buffer.from(`${SEA_FUSE}:0`))
  return Buffer.from(executable.generate())
}

/** An .ico with one picture of one point. */
function icon(): string {
  const file = new Data.IconFile()
  const bitmap = Buffer.alloc(40 + 4 + 4)
  bitmap.writeUInt32LE(40, 0)
  bitmap.writeInt32LE(1, 4)
  bitmap.writeInt32LE(2, 8)
  bitmap.writeUInt16LE(1, 12)
  bitmap.writeUInt16LE(32, 14)
  const picture = Data.RawIconItem.from(new Uint8Array(bitmap).buffer, 1, 1, 32)
  file.icons.push({ width: 1, height: 1, colors: 0, planes: 1, bitCount: 32, data: picture })
  const path = join(room, 'app.ico')
  writeFileSync(path, Buffer.from(file.generate()))
  return path
}

const spec = {
  name: 'hello',
  displayName: 'Hello',
  description: 'Says hello',
  publisher: 'Example',
  version: '1.4.2-rc.1',
  icon: null,
} as PackSpec

const blob = Buffer.from('what node looks for')
const messages = [{ language: 0x409, data: Buffer.from('a table') }]

describe('an executable for Windows', () => {
  test('says who it is, in numbers and in words', async () => {
    const made = await withResources(runtime(), { spec, blob, messages })
    const { entries } = NtExecutableResource.from(NtExecutable.from(made))
    const [version] = Resource.VersionInfo.fromEntries(entries)
    expect(version?.fixedInfo).toMatchObject({ fileVersionMS: 0x10004, fileVersionLS: 0x20000 })
    expect(version?.getStringValues({ lang: 0x409, codepage: 1200 })).toMatchObject({
      CompanyName: 'Example',
      FileDescription: 'Says hello',
      ProductName: 'Hello',
      ProductVersion: '1.4.2-rc.1',
    })
  })

  test('has the blob, the manifest and the messages, and its fuse is lit', async () => {
    const made = await withResources(runtime(), { spec, blob, messages })
    const resources = NtExecutableResource.from(NtExecutable.from(made))
    const found = (type: number, id: number | string): string | undefined =>
      resources.getResourceEntriesAsString(type, id)[0]?.[1]
    expect(found(10, 'NODE_SEA_BLOB')).toBe('what node looks for')
    expect(found(11, 1)).toBe('a table')
    expect(found(24, 1)).toContain('requestedExecutionLevel level="asInvoker"')
    expect(made.includes(`${SEA_FUSE}:1`)).toBe(true)
    expect(resources.entries.some(({ type }) => type === 14)).toBe(false)
  })

  test('has the icon of the product', async () => {
    const made = await withResources(runtime(), { spec: { ...spec, icon: icon() }, blob, messages })
    const { entries } = NtExecutableResource.from(NtExecutable.from(made))
    expect(Resource.IconGroupEntry.fromEntries(entries)[0]?.icons).toHaveLength(1)
  })

  test('is not made with an icon that is none', async () => {
    const path = join(room, 'text.ico')
    writeFileSync(path, 'a text')
    const asked = { spec: { ...spec, icon: path }, blob, messages }
    await expect(withResources(runtime(), asked)).rejects.toMatchObject({
      code: 'PACK_FILE_INVALID',
      message: expect.stringContaining(path),
    })
  })

  test('is not made of a runtime that has no fuse', async () => {
    const executable = Buffer.from(NtExecutable.createEmpty(false, false).generate())
    const making = withResources(executable, { spec, blob, messages })
    await expect(making).rejects.toMatchObject({ code: 'PACK_TOOL_FAILED' })
  })
})
