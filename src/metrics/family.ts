import type { Histogram } from '../model/guard-metrics.ts'

/**
 * A metric with all its series, as pure data: what it is called stands here and nowhere else, so that
 * documentation and tests can go by it.
 */
export interface Family extends FamilyHead {
  readonly series: readonly Series[]
}

export interface FamilyHead {
  /** Without the `_total` that a counter gets; ends with the unit where it has one. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info'
  readonly unit?: 'seconds' | 'bytes'
  /** One sentence, without the full stop. */
  readonly help: string
  /** Names of its labels, in their order. */
  readonly labels: readonly string[]
}

export interface Series {
  /** One for each name of the family. */
  readonly labels: readonly string[]
  readonly value: number | Histogram
  /** Since when a counter or a histogram counts, in seconds of Unix time; left out where it is not known. */
  readonly created?: number
}

/** The names that its samples have, without those that only OpenMetrics has. */
export function sampleNames({ name, type }: FamilyHead): readonly string[] {
  if (type === 'counter') return [`${name}_total`]
  if (type === 'info') return [`${name}_info`]
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
}
