import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { rotatingFile } from './rotating-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'stead-rotating-'))
const path = join(folder, 'deep', 'a.log')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('lines are in the file as soon as they are written, and its folder is made', () => {
  const sink = rotatingFile(path)
  sink.write('one')
  sink.write('zwölf')
  expect(readFileSync(path, 'utf8')).toBe('one\nzwölf\n')
  sink.close()
})

test('the file is rotated before it would be too large, and one older is kept', () => {
  const sink = rotatingFile(path, { size: 10 })
  for (const line of ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee']) sink.write(line)
  sink.close()
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('cccc\ndddd\n')
  expect(readFileSync(path, 'utf8')).toBe('eeee\n')
})

test('a file that is there already is continued, within its bound', () => {
  rotatingFile(path, { size: 10 }).write('aaaa')
  const sink = rotatingFile(path, { size: 10 })
  sink.write('bbbb')
  sink.write('cccc')
  sink.close()
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('aaaa\nbbbb\n')
  expect(statSync(path).size).toBe(5)
})

test('what cannot be written harms nobody and is counted', () => {
  mkdirSync(path, { recursive: true })
  const sink = rotatingFile(path)
  sink.write('lost')
  sink.write('lost too')
  rmSync(path, { recursive: true })
  sink.write('kept')
  sink.close()
  expect(readFileSync(path, 'utf8')).toBe('(2 lines before this one could not be written)\nkept\n')
})
