import { describe, expect, test } from 'vitest'
import { formatSize, parseSize } from './size.ts'

describe('a size is read in powers of 1024:', () => {
  test.each([
    ['0', 0],
    ['512', 512],
    ['1K', 1024],
    ['512M', 536_870_912],
    ['1.5G', 1_610_612_736],
    ['1GB', 1_073_741_824],
  ])('%s', (text, expected) => expect(parseSize(text)).toBe(expected))
})

test.each(['', 'M', '-1', '1X', '1 M', '99999999T'])('%j is no size', (text) =>
  expect(parseSize(text)).toBeNull(),
)

test('sizes are written for people', () => {
  expect([0, 1023, 1024, 1_610_612_736].map(formatSize)).toEqual(['0B', '1023B', '1K', '1.5G'])
})
