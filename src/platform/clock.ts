import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../model/ports/clock.ts'

/** The machine's clocks. */
export function systemClock(): Clock {
  return {
    monotonic: () => performance.now(),
    wall: () => new Date(),
    async sleep(milliseconds, signal) {
      try {
        await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
  }
}
