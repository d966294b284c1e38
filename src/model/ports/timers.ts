/** Wakes once, after a time of the monotonic clock. */
export interface Timers {
  /** @returns what cancels it; harmless afterwards */
  after(milliseconds: number, wake: () => void): () => void
}
