import type { Clock } from '../model/ports/clock.ts'

/** The machine's clocks. */
export function systemClock(): Clock {
  return {
    monotonic: () => performance.now(),
    wall: () => new Date(),
    async sleep(milliseconds, signal) {
      // Loaded by the first who waits: most commands never do.
      const { setTimeout: delay } = process.getBuiltinModule('node:timers/promises')
      try {
        await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
  }
}
