/** The only way to read the time. */
export interface Clock {
  /** Milliseconds on a clock that never jumps: for every wait, deadline and age. */
  monotonic(): number
  /** The time of day: for what people read. */
  wall(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason when it is aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}
