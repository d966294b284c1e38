import type { Timers } from '../model/ports/timers.ts'

/** setTimeout counts in 32 bits; what is further away is waited for in parts. */
const LONGEST = 2 ** 31 - 1

/** The timers of the event loop, which go by the monotonic clock. */
export function systemTimers(): Timers {
  return {
    after(milliseconds, wake) {
      const end = performance.now() + milliseconds
      let timer = setTimeout(ring, Math.min(milliseconds, LONGEST))
      function ring(): void {
        const left = end - performance.now()
        // A timer may ring a fraction of a millisecond early.
        if (left < 1) wake()
        else timer = setTimeout(ring, Math.min(left, LONGEST))
      }
      return () => {
        clearTimeout(timer)
      }
    },
  }
}
