import type { Clock } from '../../src/model/ports/clock.ts'

/** A clock on which a wait is over at once, and has taken its time all the same. */
export function fakeClock(): Clock {
  let now = 0
  return {
    monotonic: () => now,
    wall: () => new Date(now),
    async sleep(milliseconds) {
      now += milliseconds
    },
  }
}
