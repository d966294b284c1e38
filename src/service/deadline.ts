import { SteadError } from '../errors.ts'
import type { Clock } from '../model/ports/clock.ts'

/** A point in time that can be moved further away while it has not come. */
export interface Deadline {
  /** Resolves when the time is over; never after {@link Deadline.cancel}. */
  readonly over: Promise<'over'>
  /** At least `milliseconds` from now; never nearer than it was. @returns the milliseconds that are left now */
  extend(milliseconds: number): number
  cancel(): void
}

/** A deadline `milliseconds` from now. */
export function deadlineAfter(clock: Clock, milliseconds: number): Deadline {
  const cancelled = new AbortController()
  let end = clock.monotonic() + milliseconds
  return {
    over: wait(),
    extend(more) {
      const now = clock.monotonic()
      end = Math.max(end, now + more)
      return end - now
    },
    cancel: () => cancelled.abort(),
  }

  async function wait(): Promise<'over'> {
    for (;;) {
      const rest = end - clock.monotonic()
      if (rest <= 0) return 'over'
      try {
        // Node's timers end at 2^31 - 1 ms; an extension is noticed at the old end.
        await clock.sleep(Math.min(rest, 2 ** 31 - 1), cancelled.signal)
      } catch {
        return new Promise<never>(() => {})
      }
    }
  }
}

/** @param call of the context, for the message @throws SPEC_INVALID */
export function requireTime(call: string, milliseconds: number): void {
  if (Number.isFinite(milliseconds) && milliseconds > 0) return
  const problems = [`${String(milliseconds)} is not a number of milliseconds`]
  throw new SteadError('SPEC_INVALID', { source: `context.${call}()`, problems })
}
