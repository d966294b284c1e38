import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configFiles, MAX_CONFIG_BYTES } from './config-files.ts'

let at = ''
const files = configFiles()
const isRoot = process.getuid?.() === 0

beforeAll(() => {
  at = mkdtempSync(join(tmpdir(), 'stead-config-files-'))
})
afterAll(() => {
  rmSync(at, { recursive: true, force: true })
})

function problemOf(name: string): string {
  const read = files.read(join(at, name))
  return 'problem' in read ? `${read.missing ? 'missing: ' : ''}${read.problem}` : 'none'
}

test('a file is read, also through a link', () => {
  writeFileSync(join(at, 'a.yaml'), '\uFEFFa: 1\r\n')
  symlinkSync('a.yaml', join(at, 'link.yaml'))
  expect(files.read(join(at, 'a.yaml'))).toEqual({ text: 'a: 1\r\n' })
  expect(files.read(join(at, 'link.yaml'))).toEqual({ text: 'a: 1\r\n' })
  expect(files.names(at)).toEqual(['a.yaml', 'link.yaml'])
})

test('what is there and is no text is told from what is not there', () => {
  mkdirSync(join(at, 'directory'))
  symlinkSync('nowhere', join(at, 'broken'))
  symlinkSync('circle', join(at, 'circle'))
  execFileSync('mkfifo', [join(at, 'fifo')])
  expect(problemOf('none.yaml')).toBe('missing: there is no such file')
  expect(problemOf('a.yaml/none.yaml')).toMatch(/^missing: /)
  expect(problemOf('directory')).toBe('it is a directory')
  expect(problemOf('broken')).toBe('it is a link to nowhere, which is not there')
  expect(problemOf('circle')).toBe('its links lead in a circle')
  expect(problemOf('fifo')).toBe('it is not a regular file')
  expect(files.names(join(at, 'none'))).toEqual([])
})

test('100 MB are refused before they are read', () => {
  writeFileSync(join(at, 'huge.yaml'), '')
  truncateSync(join(at, 'huge.yaml'), 100 * 1024 * 1024)
  expect(problemOf('huge.yaml')).toBe(
    `it has 104857600 bytes; a configuration has ${MAX_CONFIG_BYTES} at most`,
  )
})

test.skipIf(isRoot)('a file that one may not read is told so', () => {
  writeFileSync(join(at, 'own.yaml'), 'a: 1')
  chmodSync(join(at, 'own.yaml'), 0)
  expect(problemOf('own.yaml')).toBe('you have no right to read it')
})
