import { expect, test } from 'vitest'
import { rateLimit } from './rate-limit.ts'

test('so many at once, and then so many a second, for each by itself', () => {
  let now = 0
  const limit = rateLimit({ burst: 3, perSecond: 2 }, () => now)
  const taken = (key: string): number => [1, 2, 3, 4, 5].filter(() => limit.take(key)).length
  expect(taken('a')).toBe(3)
  expect(taken('a')).toBe(0)
  expect(limit.wait('a')).toBe(1)
  expect(taken('b')).toBe(3)
  now += 1_000
  expect(limit.has('a')).toBe(true)
  expect(taken('a')).toBe(2)
  now += 1_000_000
  expect(taken('a')).toBe(3)
})

test('addresses without number take no memory without end', () => {
  const limit = rateLimit({ burst: 1, perSecond: 1 }, () => 0)
  for (let index = 0; index < 20_000; index += 1) limit.take(`address ${index}`)
  // The first is forgotten, the last is not.
  expect(limit.take('address 0')).toBe(true)
  expect(limit.take('address 19999')).toBe(false)
})
