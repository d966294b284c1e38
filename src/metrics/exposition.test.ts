import { describe, expect, test } from 'vitest'
import { expositionOf } from './exposition.ts'
import type { Family } from './family.ts'

const gauge = (labels: readonly string[], value: number): Family => ({
  name: 'x',
  type: 'gauge',
  help: 'About\n\\x',
  labels: ['a'],
  series: [{ labels, value }],
})

describe('the exposition', () => {
  test('escapes what would end a label, a line or an escape', () => {
    expect(expositionOf(gauge(['"\\\n'], 1), 'prometheus')).toBe(
      '# HELP x About\\n\\\\x\n# TYPE x gauge\nx{a="\\"\\\\\\n"} 1\n',
    )
  })

  test.each([
    [0, '0'],
    [1e21, '1e+21'],
    [0.1 + 0.2, '0.3'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d as %s', (value, shown) => {
    expect(expositionOf(gauge(['b'], value), 'openmetrics')).toContain(`\nx{a="b"} ${shown}\n`)
  })

  test('has nothing of a family without series', () => {
    expect(expositionOf({ ...gauge([], 0), series: [] }, 'openmetrics')).toBe('')
  })
})
