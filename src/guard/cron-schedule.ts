import { Cron } from 'croner'
import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'

/** However far away the next time is, the clock on the wall is looked at this often: it may have been set. */
const LONGEST_WAIT = 3_600_000
/** What is later than this, a machine that slept or a clock that jumped, is let go by. */
const LATEST = 60_000

/** The first time after `from` at which one of the patterns falls due, in local time; null for never. */
export function nextTime(patterns: readonly string[], from: Date): Date | null {
  let first: Date | null = null
  for (const pattern of patterns) {
    const next = new Cron(pattern, { paused: true }).nextRun(from)
    if (next !== null && (first === null || next < first)) first = next
  }
  return first
}

/**
 * Calls at the times of the patterns until it is stopped. A clock that is set forwards over a time, or
 * back before one that was, calls for neither: only a time that is reached, or was just missed, counts,
 * and each one once.
 *
 * @returns what stops it
 */
export function cronSchedule(
  patterns: readonly string[],
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  due: () => void,
): () => void {
  let cancel = (): void => {}
  let next: Date | null = null
  let over = false
  /** The latest time that was called for: it does not come again when the clock is set back a little. */
  let lastDue = 0

  function arm(from: Date): void {
    next = nextTime(patterns, from)
    if (next !== null) wait()
  }

  function wait(): void {
    const left = (next as Date).getTime() - clock.wall().getTime()
    cancel = timers.after(Math.min(Math.max(left, 0), LONGEST_WAIT), look)
  }

  function look(): void {
    if (over || next === null) return
    const now = clock.wall()
    const late = now.getTime() - next.getTime()
    if (late < 0) {
      // Not yet; and where the clock was set back, an earlier time may be the next one.
      arm(now)
      return
    }
    const counts = late <= LATEST && next.getTime() > lastDue
    if (counts) lastDue = next.getTime()
    arm(now)
    if (counts) due()
  }

  arm(clock.wall())
  return () => {
    over = true
    cancel()
  }
}
