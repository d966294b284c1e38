import type { Clock } from '../../src/model/ports/clock.ts'
import type { Timers } from '../../src/model/ports/timers.ts'

export interface VirtualTime {
  readonly clock: Clock
  readonly timers: Timers
  /** Lets the earliest timer ring, moving time to it; false when there is none. */
  next(): boolean
  /** Rings everything due within so many milliseconds, in order, and moves time by them. */
  pass(milliseconds: number): void
  /** The time of day jumps; the monotonic clock does not notice. */
  jump(milliseconds: number): void
  readonly pending: number
  /** When the earliest timer rings; null when there is none. */
  readonly nextAt: number | null
}

/** Time that stands still until it is moved; timers of one moment ring in an order of `random`. */
export function virtualTime(random: () => number): VirtualTime {
  let now = 0
  let offset = 1_700_000_000_000
  const timers = new Set<{ at: number; order: number; wake: () => void }>()
  const earliest = (): { at: number; order: number; wake: () => void } | null => {
    let found = null
    for (const timer of timers) {
      if (
        found === null ||
        timer.at < found.at ||
        (timer.at === found.at && timer.order < found.order)
      ) {
        found = timer
      }
    }
    return found
  }
  const ring = (timer: { at: number; wake: () => void }): void => {
    timers.delete(timer as never)
    now = Math.max(now, timer.at)
    timer.wake()
  }
  return {
    clock: {
      monotonic: () => now,
      wall: () => new Date(offset + now),
      sleep: () => Promise.reject(new Error('nothing in the simulation sleeps')),
    },
    timers: {
      after(milliseconds, wake) {
        const timer = { at: now + milliseconds, order: random(), wake }
        timers.add(timer)
        return () => timers.delete(timer)
      },
    },
    next() {
      const timer = earliest()
      if (timer === null) return false
      ring(timer)
      return true
    },
    pass(milliseconds) {
      const end = now + milliseconds
      for (;;) {
        const timer = earliest()
        if (timer === null || timer.at > end) break
        ring(timer)
      }
      now = end
    },
    jump(milliseconds) {
      offset += milliseconds
    },
    get pending() {
      return timers.size
    },
    get nextAt() {
      return earliest()?.at ?? null
    },
  }
}
