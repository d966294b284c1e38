import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keepLastGood, readLastGood } from './last-good.ts'

const COPY = {
  source: 'etcd https://e /a',
  at: '2026-11-21T12:00:00.000Z',
  said: { text: 'a: "ü\\n"', format: 'yaml', version: 'revision 4', order: 4 },
} as const

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stead-good-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'remote', 'copy')
}

test('a copy comes back as it was kept, for the source that it is of', async () => {
  const path = place()
  expect(readLastGood(path, COPY.source)).toBeNull()
  await keepLastGood(path, COPY)
  expect(readLastGood(path, COPY.source)).toEqual(COPY)
  expect(readLastGood(path, 'etcd https://e /b')).toBeNull()
  await keepLastGood(path, { ...COPY, said: null })
  expect(readLastGood(path, COPY.source)).toEqual({ ...COPY, said: null })
})

test.each([
  ['is cut off', (text: string) => text.slice(0, -5)],
  ['has one letter else', (text: string) => text.replace('revision 4', 'revision 5')],
  ['is empty', () => ''],
])('a copy that %s is not used', async (_, change) => {
  const path = place()
  await keepLastGood(path, COPY)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  expect(readLastGood(path, COPY.source)).toEqual({
    problem: `${path} is damaged, and is not used`,
  })
})

test.runIf(process.platform !== 'win32')(
  'nobody else reads a copy, nor could write it',
  async () => {
    const path = place()
    await keepLastGood(path, COPY)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    chmodSync(path, 0o666)
    expect(readLastGood(path, COPY.source)).toEqual({
      problem: `${path} can be read by others: chmod 600 ${path}`,
    })
  },
)
