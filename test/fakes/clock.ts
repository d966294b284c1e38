import type { Clock } from '../../src/model/ports/clock.ts'

/** A clock that goes on only when somebody sleeps, and then at once. */
export function sleepingClock(start = new Date('2026-01-01T00:00:00Z')): Clock {
  let elapsed = 0
  return {
    monotonic: () => elapsed,
    wall: () => new Date(start.getTime() + elapsed),
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      elapsed += milliseconds
    },
  }
}
