import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../fixtures/temporary-directory.ts'
import { wholeLines } from './whole-lines.ts'

test('a line is told when its end is written, and not in the middle of it', () => {
  const file = join(temporaryDirectory('lines'), 'told')
  expect(wholeLines(file)).toEqual([])
  writeFileSync(file, '')
  expect(wholeLines(file)).toEqual([])
  for (const [piece, told] of [
    ['{"number"', []],
    [':1}', []],
    ['\n', ['{"number":1}']],
    ['{"num', ['{"number":1}']],
    ['ber":2}\n\n', ['{"number":1}', '{"number":2}', '']],
  ] as const) {
    appendFileSync(file, piece)
    expect(wholeLines(file)).toEqual(told)
  }
})
