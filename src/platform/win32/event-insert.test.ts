import { expect, test } from 'vitest'
import { insertText } from './event-insert.ts'

test.each([
  ['disk full', 'disk full'],
  ['fe80::1%12 is gone', 'fe80::1% 12 is gone'],
  ['%%1 at 100%', '%% 1 at 100%'],
  ['a\0b', 'a␀b'],
  ['a\nb\r\nc', 'a\r\nb\r\nc'],
  ['', ''],
])('the insert for %j is %j', (text, insert) => {
  expect(insertText(text)).toBe(insert)
})

test('a text that is too long is cut before a character of two halves, and says so', () => {
  const insert = insertText('𠮷'.repeat(20_000))
  expect(insert.length).toBeLessThanOrEqual(30_000)
  expect(insert).toMatch(/^𠮷+ \[…\]$/u)
})

test('a text is as long as it may be after what was put into it', () => {
  expect(insertText('%1'.repeat(12_000)).length).toBeLessThanOrEqual(30_000)
})
