import { vi } from 'vitest'

/** A positive integer. */
const TIMES = Math.max(1, Math.trunc(Number(process.env.STEAD_FUZZ_TIMES ?? 1)) || 1)

// Tests are given their time when they are named, which is behind this import.
vi.setConfig({ testTimeout: 600_000 * TIMES })

/**
 * How many seeds are played of one kind: `count` of them in each run of all tests, which are the same ones each
 * time. `STEAD_FUZZ_TIMES=10 npm run fuzz` plays ten times as many, for whoever has changed what they are about.
 */
export function rounds(count: number): number {
  return count * TIMES
}
