import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { HeartbeatPolicy } from '../model/program-checks.ts'

export interface HeartbeatMonitor {
  /** A sign of life. */
  beat(): void
  facts(): { readonly lastAt: string | null; readonly missed: number }
  stop(): void
}

/**
 * Counts the intervals without a beat, from now on; after so many in a row `missed` is told, once,
 * with the moment of the last beat (or of the beginning) on the monotonic clock.
 */
export function heartbeatMonitor(
  { every, misses }: Pick<HeartbeatPolicy, 'every' | 'misses'>,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  missed: (count: number, since: number) => void,
): HeartbeatMonitor {
  let last = clock.monotonic()
  let lastAt: string | null = null
  let over = false
  let cancel = timers.after(every * misses, look)

  /** One timer for each silence, not one for each beat: a beat only notes the time. */
  function look(): void {
    if (over) return
    const left = last + every * misses - clock.monotonic()
    if (left > 0) {
      cancel = timers.after(left, look)
      return
    }
    over = true
    missed(misses, last)
  }

  return {
    beat() {
      if (over) return
      last = clock.monotonic()
      lastAt = clock.wall().toISOString()
    },
    facts: () => ({ lastAt, missed: Math.floor((clock.monotonic() - last) / every) }),
    stop() {
      over = true
      cancel()
    },
  }
}
