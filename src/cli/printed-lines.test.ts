import { expect, test } from 'vitest'
import { printedLines } from './printed-lines.ts'

function told(...chunks: (string | Uint8Array)[]): string[] {
  const lines: string[] = []
  const printed = printedLines((line) => lines.push(line))
  for (const chunk of chunks) printed.take(chunk)
  printed.end()
  printed.end()
  return lines
}

test('lines are put together over chunks, and the last needs no end', () => {
  expect(told('one\ntw', 'o\r\n', '\nthree')).toEqual(['one', 'two', '', 'three'])
})

test('a character that two chunks share stays whole', () => {
  const bytes = Buffer.from('Zürich\n')
  expect(told(bytes.subarray(0, 2), bytes.subarray(2))).toEqual(['Zürich'])
})

test('a line without an end is cut', () => {
  expect(told('x'.repeat(40_000)).map((line) => line.length)).toEqual([16_384, 16_384, 7_232])
})
