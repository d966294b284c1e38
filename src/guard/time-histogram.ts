import type { Histogram } from '../model/guard-metrics.ts'

/** Upper bounds in seconds, from a program that is ready at once to one that takes minutes. */
export const LONG_BOUNDS: readonly number[] = [
  0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
]
/** For what takes milliseconds where all is well: a probe, a turn of the guard. */
export const SHORT_BOUNDS: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

export interface TimeHistogram {
  observe(milliseconds: number): void
  read(): Histogram
}

/** Counts times by fixed bounds: as much memory for the millionth as for the first. */
export function timeHistogram(bounds: readonly number[]): TimeHistogram {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    observe(milliseconds) {
      const seconds = Math.max(0, milliseconds) / 1000
      const at = bounds.findIndex((bound) => seconds <= bound)
      const bucket = at === -1 ? bounds.length : at
      counts[bucket] = (counts[bucket] as number) + 1
      sum += seconds
    },
    read: () => ({ bounds, counts: [...counts], sum }),
  }
}
