import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeFileSystem } from './file-system.ts'

const files = nodeFileSystem()
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stead-files-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('a file is written with its mode whatever the umask, and replaced in one step', async () => {
  const path = join(directory, 'unit')
  const before = process.umask(0o077)
  try {
    await files.writeAtomic(path, 'one', 0o644)
    await files.writeAtomic(path, 'two', 0o644)
  } finally {
    process.umask(before)
  }
  expect(await files.readText(path)).toBe('two')
  expect(statSync(path).mode & 0o777).toBe(0o644)
  expect(readdirSync(directory)).toEqual(['unit'])
})

test('a failed write leaves the old text and no temporary file', async () => {
  const path = join(directory, 'taken')
  await files.makeDirectory(path, 0o755)
  await expect(files.writeAtomic(path, 'text', 0o644)).rejects.toThrow()
  expect(readdirSync(directory)).toEqual(['taken'])
})

test('exclusive creation happens once', async () => {
  const path = join(directory, 'one')
  expect(await files.createExclusive(path, 'a', 0o600)).toBe(true)
  expect(await files.createExclusive(path, 'b', 0o600)).toBe(false)
  expect(await files.readText(path)).toBe('a')
})

test('what is not there is null, false or empty', async () => {
  const path = join(directory, 'none')
  expect(await files.readText(path)).toBeNull()
  expect(await files.facts(path)).toBeNull()
  expect(await files.remove(path)).toBe(false)
  expect(await files.names(path)).toEqual([])
  expect(await files.canExecute(path)).toBe(false)
})

test('a path through a file is not there either', async () => {
  writeFileSync(join(directory, 'file'), '')
  expect(await files.readText(join(directory, 'file', 'below'))).toBeNull()
})

test('facts follow links', async () => {
  writeFileSync(join(directory, 'program'), '#!')
  chmodSync(join(directory, 'program'), 0o755)
  symlinkSync('program', join(directory, 'link'))
  expect(await files.facts(join(directory, 'link'))).toMatchObject({ kind: 'file', mode: 0o755 })
  expect(await files.facts(directory)).toMatchObject({ kind: 'directory' })
  expect(await files.canExecute(join(directory, 'link'))).toBe(true)
})
