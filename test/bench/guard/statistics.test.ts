import { describe, expect, test } from 'vitest'
import { percentile, statisticOf } from './statistics.ts'

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)

  test('is one of the samples, by nearest rank', () => {
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile([3, 1, 2], 0.5)).toBe(2)
  })

  test('of the ends is the smallest and the greatest', () => {
    expect(percentile(hundred, 0)).toBe(1)
    expect(percentile(hundred, 1)).toBe(100)
  })

  test('of few samples is not better than the worst of them', () => {
    expect(percentile([1, 2, 1000], 0.99)).toBe(1000)
  })

  test('of nothing is no number', () => {
    expect(percentile([], 0.5)).toBeNaN()
  })

  test('leaves the samples in their order', () => {
    const samples = [3, 1, 2]
    percentile(samples, 0.5)
    expect(samples).toEqual([3, 1, 2])
  })
})

test.each([
  ['min', 1],
  ['median', 3],
  ['p50', 3],
  ['p99', 9],
  ['max', 9],
  ['count', 5],
] as const)('%s of 5 1 9 3 2 is %d', (statistic, expected) => {
  expect(statisticOf([5, 1, 9, 3, 2], statistic)).toBe(expected)
})
