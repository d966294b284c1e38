import type { Clock } from '../../model/ports/clock.ts'

/** How far ahead each extension reaches, and how often it is renewed, in milliseconds. */
const REACH = 15_000
const PERIOD = 5_000

export interface PatiencePump {
  /** Keeps the manager waiting for `milliseconds` from now. */
  grant(milliseconds: number): void
  /** Nothing is under way any more. */
  rest(): void
}

/**
 * Renews EXTEND_TIMEOUT_USEC for as long as patience was granted (sd_notify(3)): the manager's time
 * runs out soon after this process hangs, however long the whole may take. When the granted time is
 * over it falls silent; the service's own deadline ends at the same moment and says why.
 */
export function patiencePump(clock: Clock, extend: (microseconds: number) => void): PatiencePump {
  let round: AbortController | null = null
  const rest = (): void => {
    round?.abort()
    round = null
  }
  return {
    grant(milliseconds) {
      rest()
      round = new AbortController()
      void pump(clock.monotonic() + milliseconds, round.signal)
    },
    rest,
  }

  async function pump(end: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && clock.monotonic() < end) {
      // A little more than what is left, so that our own deadline comes first.
      const reach = Math.min(REACH, end - clock.monotonic() + PERIOD)
      extend(Math.round(reach * 1000))
      try {
        await clock.sleep(PERIOD, signal)
      } catch {
        return
      }
    }
  }
}
