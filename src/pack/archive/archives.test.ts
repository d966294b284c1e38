import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ArchiveEntry } from './archive-entry.ts'
import { tarGz } from './tar-gz.ts'
import { zip } from './zip.ts'

const EPOCH = 1_700_000_000
const room = mkdtempSync(join(tmpdir(), 'stead-archives-'))
afterAll(() => rmSync(room, { recursive: true }))

const long = `a/${'directory/'.repeat(12)}file`
const entries: readonly ArchiveEntry[] = [
  { path: 'hello/hello', mode: 0o755, content: Buffer.from('#!/bin/sh\n'.repeat(5_000)) },
  { path: 'hello/README', mode: 0o644, content: Buffer.from('read me') },
  { path: 'hello/empty', mode: 0o600, content: Buffer.alloc(0) },
  { path: 'hello/héllo', mode: 0o644, content: Buffer.from('ü') },
  { path: long, mode: 0o644, content: Buffer.alloc(1_000, 7) },
]

const unpackTar = (file: string, to: string): void => {
  execFileSync('tar', ['-xzf', file, '-C', to])
}
const unpackZip = (file: string, to: string): void => {
  execFileSync('python3', ['-c', UNZIP, file, to])
}
/** Python's own reader of zip archives, with the modes that it finds. */
const UNZIP = `import os,sys,zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
for one in z.infolist():
    assert not one.extra and one.date_time == (2023, 11, 14, 22, 13, 20), one
    os.chmod(z.extract(one, sys.argv[2]), one.external_attr >> 16 & 0o777)`

describe.each([
  ['tar.gz', tarGz, unpackTar],
  ['zip', zip, unpackZip],
] as const)('an archive of the kind %s', (kind, make, unpack) => {
  test('has the files that went in, with their modes, for tools that others made', async () => {
    const target = mkdtempSync(join(room, 'out-'))
    const file = join(room, `a.${kind}`)
    writeFileSync(file, await make(entries, EPOCH))
    unpack(file, target)
    for (const { path, mode, content } of entries) {
      expect(readFileSync(join(target, path)).equals(Buffer.from(content))).toBe(true)
      expect(statSync(join(target, path)).mode & 0o777).toBe(mode)
    }
  })

  test('is larger where it is made fast, and has the same files', async () => {
    const texts = entries.map((entry) => ({
      ...entry,
      content: readFileSync(import.meta.filename),
    }))
    const [best, fast] = [await make(texts, EPOCH), await make(texts, EPOCH, 'fast')]
    expect(fast.length).toBeGreaterThan(best.length)
    const target = mkdtempSync(join(room, 'fast-'))
    writeFileSync(join(room, `fast.${kind}`), fast)
    unpack(join(room, `fast.${kind}`), target)
    for (const { path, content } of texts)
      expect(readFileSync(join(target, path)).equals(content)).toBe(true)
  })

  test('is the same to the byte, whatever order its files came in', async () => {
    const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
    const one = hash(await make(entries, EPOCH))
    expect(hash(await make(entries.toReversed(), EPOCH))).toBe(one)
    expect(hash(await make(entries, EPOCH + 60))).not.toBe(one)
  })
})

test('a path that tar cannot hold is an error', async () => {
  const entry = { path: 'x'.repeat(200), mode: 0o644, content: Buffer.alloc(0) }
  await expect(tarGz([entry], EPOCH)).rejects.toThrow('too long')
})

test('a time that zip cannot hold becomes its first one', async () => {
  const [first, second] = await Promise.all([zip(entries, 0), zip(entries, 315_532_800)])
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(true)
})
