import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration is read:', () => {
  test.each([
    ['200ms', 200],
    ['5s', 5_000],
    ['5', 5_000],
    ['0', 0],
    ['0.5', 500],
    ['1.5h', 5_400_000],
    ['1m30s', 90_000],
    ['2d', 172_800_000],
  ])('%s', (text, expected) => expect(parseDuration(text)).toBe(expected))
})

describe('what is no duration gives null:', () => {
  test.each(['', 's', '-5s', '5 s', '5x', '1e3s', '5S', 'Infinity', '101y', '40000d'])(
    '%j',
    (text) => expect(parseDuration(text)).toBeNull(),
  )
})

test('what is written is read back as the same number', () => {
  for (const ms of [0, 1, 999, 1_000, 1_001, 61_000, 3_600_000, 90_061_001]) {
    expect(parseDuration(formatDuration(ms))).toBe(ms)
  }
  expect(formatDuration(90_000)).toBe('1m30s')
})
