import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFilePiece } from './file-pieces.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stead-pieces-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a piece of a file, chosen by its size', async () => {
  const file = join(folder, 'a.log')
  writeFileSync(file, 'one\ntwo\n')
  const read = (offset: number, length: number) => readFilePiece(file, () => ({ offset, length }))
  expect(await readFilePiece(file, (size) => ({ offset: size - 4, length: size }))).toEqual({
    size: 8,
    text: 'two\n',
  })
  expect(await read(0, 3)).toEqual({ size: 8, text: 'one' })
  expect(await read(4, 1_000_000)).toEqual({ size: 8, text: 'two\n' })
  expect(await read(100, 4)).toEqual({ size: 8, text: '' })
  expect(await read(0, -1)).toEqual({ size: 8, text: '' })
})

test('no file has no pieces', async () => {
  expect(await readFilePiece(join(folder, 'none'), () => ({ offset: 0, length: 1 }))).toBeNull()
})
