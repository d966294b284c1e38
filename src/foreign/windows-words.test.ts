import { expect, test } from 'vitest'
import { quoteArgument } from '../managers/windows-command-line.ts'
import { windowsWords } from './windows-words.ts'

test.each([
  ['a "b c" d', ['a', 'b c', 'd']],
  ['"a\\\\" b', ['a\\', 'b']],
  ['a\\"b "c\\"d"', ['a"b', 'c"d']],
  ['"a""b" \t ""', ['a"b', '']],
  ['C:\\a\\ \\\\server\\b', ['C:\\a\\', '\\\\server\\b']],
  ['', []],
  ['"never closed', ['never closed']],
])('%s is taken apart as Windows does', (line, words) => {
  expect(windowsWords(line)).toEqual(words)
})

test('what stead quotes comes apart again', () => {
  const words = ['', 'a b', '"', '\\', 'a\\\\"b\\', '%PATH%', '\t', 'ü 中']
  expect(windowsWords(words.map(quoteArgument).join(' '))).toEqual(words)
})
