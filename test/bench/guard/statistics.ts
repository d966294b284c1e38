/** How the samples of a figure become the one number of the table. */
export type Statistic = 'median' | 'p50' | 'p99' | 'max' | 'min' | 'count'

/**
 * The smallest sample that at least `share` of all samples do not exceed (nearest rank), so that a
 * percentile is always something that was measured. NaN for no samples.
 */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const rank = Math.max(1, Math.ceil(sorted.length * share))
  return sorted[rank - 1] ?? Number.NaN
}

export function statisticOf(samples: readonly number[], statistic: Statistic): number {
  switch (statistic) {
    case 'min':
      return percentile(samples, 0)
    case 'count':
      return samples.length
    case 'max':
      return percentile(samples, 1)
    case 'p99':
      return percentile(samples, 0.99)
    case 'p50':
    case 'median':
      return percentile(samples, 0.5)
  }
}
