import type { Clock } from '../../src/model/ports/clock.ts'

export interface ManualClock extends Clock {
  /** Lets time go by: everything that becomes due on the way happens at its own moment, in order. */
  advance(milliseconds: number): Promise<void>
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>
  /** How many sleeps are not over yet. */
  readonly sleepers: number
}

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

/** A clock that stands still unless a test moves it. */
export function manualClock(): ManualClock {
  let now = 0
  const sleepers = new Set<Sleeper>()
  // Promises settle in rounds; a chain in this code base is far shorter than this.
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 50; round += 1) await Promise.resolve()
  }
  return {
    monotonic: () => now,
    wall: () => new Date(1_700_000_000_000 + now),
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const sleeper: Sleeper = {
          due: now + milliseconds,
          wake() {
            sleepers.delete(sleeper)
            signal?.removeEventListener('abort', abort)
            resolve()
          },
        }
        const abort = (): void => {
          sleepers.delete(sleeper)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
        sleepers.add(sleeper)
      })
    },
    settle,
    async advance(milliseconds) {
      const end = now + milliseconds
      await settle()
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.due - b.due)[0]
        if (next === undefined || next.due > end) break
        now = Math.max(now, next.due)
        next.wake()
        await settle()
      }
      now = end
      await settle()
    },
    get sleepers() {
      return sleepers.size
    },
  }
}
