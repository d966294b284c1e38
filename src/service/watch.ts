import type { LifecycleState } from '../model/lifecycle-state.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Host } from '../model/ports/host.ts'

export interface WatchParts {
  readonly host: Host
  readonly clock: Clock
  /** The service's own `watchdog`, in milliseconds. */
  readonly limit: number | null
  readonly state: () => LifecycleState
  /** Called once, with the milliseconds of silence, where no manager would notice. */
  readonly onSilence: (silence: number) => void
}

export interface Watch {
  /** The service says that it is well. */
  beat(): void
  stop(): void
}

/**
 * Feeds the manager's watchdog, or is one where the manager has none.
 *
 * A service that calls `heartbeat()` or declares a `watchdog` is fed by its heartbeats alone, while it
 * runs; one that does neither is fed from the event loop, so that a blocked loop is what is noticed.
 * While it is paused or passes from one state to another it is fed from the loop in any case.
 */
export function keepWatch({ host, clock, limit, state, onSilence }: WatchParts): Watch {
  const over = new AbortController()
  let ownBeats = limit !== null
  let last = clock.monotonic()
  /** Was it running already when last looked at, or has it told so by a heartbeat? */
  let ran = false
  const interval = host.watchdog ?? limit
  if (interval !== null) void watch(interval / 2)
  return {
    beat() {
      ownBeats = true
      last = clock.monotonic()
      ran ||= state() === 'running'
      host.pulse()
    },
    stop: () => over.abort(),
  }

  async function watch(period: number): Promise<void> {
    for (;;) {
      try {
        await clock.sleep(period, over.signal)
      } catch {
        return
      }
      // Whoever has just begun to run has the whole time for the first heartbeat.
      const owed = ran && state() === 'running'
      ran = state() === 'running'
      if (!owed) last = clock.monotonic()
      if (host.watchdog !== null) {
        if (!ownBeats || !owed) host.pulse()
      } else if (limit !== null && clock.monotonic() - last > limit) {
        return onSilence(clock.monotonic() - last)
      }
    }
  }
}
