import { expect, test } from 'vitest'
import { isFileName, isPathInside, pathClashes } from './packed-paths.ts'

test.each(['a', 'a/b', '.hidden', 'a..b', '程序/a b', '...'])('%j stays inside', (path) => {
  expect(isPathInside(path)).toBe(true)
})

test.each([
  ...['', '/', '/a', '//a', 'a//b', 'a/', './a', 'a/.', 'a/../b', '..', '../a'],
  ...['C:/a', 'C:a', 'a:b', 'a/b:stream', 'a\\b', '\\a', '..\\a', 'a\0b'],
])('%j does not', (path) => {
  expect(isPathInside(path)).toBe(false)
})

test.each([
  ['hello_1.0.0-rc.1+5~x_linux_x64.tar.gz', true],
  ['a'.repeat(220), true],
  ['a'.repeat(221), false],
  ...['', '.hidden', '-rf', '_a', 'a b', 'a/b', '../a', 'a@b', 'https://elsewhere/a', 'ä'].map(
    (name): [string, boolean] => [name, false],
  ),
])('whether %j is the name of an artefact: %j', (name, expected) => {
  expect(isFileName(name)).toBe(expected)
})

test('two files of one name, and a file where another needs a directory, clash', () => {
  expect(pathClashes(['a', 'b/c', 'b/d', 'ab'])).toEqual([])
  expect(pathClashes(['a', 'b', 'A'])).toEqual([{ at: 2, other: 'a' }])
  expect(pathClashes(['Data', 'data/x/y'])).toEqual([{ at: 1, other: 'Data' }])
  expect(pathClashes(['b/c/d', 'x', 'b/C'])).toEqual([{ at: 0, other: 'b/C' }])
})
