import { describe, expect, test } from 'vitest'
import { type Figure, markdownTable } from './table.ts'

const figures: readonly Figure[] = [
  { key: 'crash', head: 'p50 ms', statistic: 'p50', digits: 1, ratio: true },
  { key: 'crash', head: 'p99 ms', statistic: 'p99', digits: 0 },
  { key: 'stop', head: 'stop ms', statistic: 'median', digits: 0 },
]

describe('the table', () => {
  test('has the base first, then the best, with ratios to the base', () => {
    const table = markdownTable(
      figures,
      [
        { peer: 'slow', samples: { crash: [1000, 1000, 1010], stop: [9] } },
        { peer: 'quick', samples: { crash: [1.5], stop: [3] } },
        { peer: 'floor', samples: { crash: [2], stop: [1] } },
      ],
      'floor',
    )
    expect(table.split('\n')).toEqual([
      '|  | p50 ms | ratio | p99 ms | stop ms |',
      '| --- | ---: | ---: | ---: | ---: |',
      '| floor | 2.0 | 1.00 | 2 | 1 |',
      '| quick | 1.5 | 0.75 | 2 | 3 |',
      '| slow | 1000.0 | 500 | 1010 | 9 |',
    ])
  })

  test('has a dash, not a zero, for what was not measured, and its note', () => {
    const table = markdownTable(
      figures,
      [{ peer: 'one', samples: { crash: [1] }, notes: ['no stop'] }],
      'floor',
    )
    expect(table.split('\n').at(-1)).toBe('| one | 1.0 |  | 1 | – | no stop |')
  })

  test('is refused where a peer measured nothing', () => {
    expect(() => markdownTable(figures, [{ peer: 'dead', samples: { crash: [] } }], 'x')).toThrow(
      'dead: nothing was measured',
    )
  })

  test('is refused where a sample is no number', () => {
    const samples = { crash: [Number.NaN] }
    expect(() => markdownTable(figures, [{ peer: 'odd', samples }], 'x')).toThrow('is no measure')
  })
})
