import type { Histogram } from '../model/guard-metrics.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'
import { SHORT_BOUNDS, timeHistogram } from './time-histogram.ts'

const EVERY = 250
/** How long it goes on when nobody asks any more, in milliseconds. */
const ASKED_WITHIN = 300_000

export interface LagMeter {
  /** Measured from the first time that somebody asks, and no longer than somebody does. */
  read(): Histogram
  stop(): void
}

/** How late the timers of the guard are: what everything waits that it has to do. */
export function lagMeter({
  clock,
  timers,
}: {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Timers
}): LagMeter {
  const late = timeHistogram(SHORT_BOUNDS)
  let askedAt = 0
  let cancel: (() => void) | null = null

  function arm(): void {
    const due = clock.monotonic() + EVERY
    cancel = timers.after(EVERY, () => {
      const now = clock.monotonic()
      late.observe(now - due)
      cancel = null
      if (now - askedAt < ASKED_WITHIN) arm()
    })
  }

  return {
    read() {
      askedAt = clock.monotonic()
      if (cancel === null) arm()
      return late.read()
    },
    stop() {
      cancel?.()
      cancel = null
    },
  }
}
