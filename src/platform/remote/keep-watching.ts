import type { Clock } from '../../model/ports/clock.ts'
import type { RemoteListener, RemoteText } from '../../model/ports/remote-source.ts'

/** Between two failed tries, at first and at most, in milliseconds. */
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 60_000
/** Whoever says without end that something has changed is asked no more often. */
const BREATH = 100

export interface WatchParts {
  readonly clock: Clock
  /** 0 to 1. */
  readonly random: () => number
  read(signal: AbortSignal): Promise<RemoteText | null>
  /** Resolves, with what there is then, when something may have changed since the last read. */
  next(now: RemoteText | null, signal: AbortSignal): Promise<RemoteText | null>
}

/**
 * Watches a source until it is stopped: tells what is another text than before, and when the source is
 * lost and is back. A connection that ends is made again; the source is lost when that fails as well.
 */
export function keepWatching(
  { clock, random, read, next }: WatchParts,
  from: RemoteText | null,
  told: RemoteListener,
  lost: string | null = null,
): () => void {
  const stop = new AbortController()
  const { signal } = stop
  void watch()
  return () => stop.abort()

  async function watch(): Promise<void> {
    let known = from
    let problem = lost
    let failures = 0
    let begun = false
    while (!signal.aborted) {
      try {
        const afresh: boolean = !begun || failures > 0
        const now: RemoteText | null = await (afresh ? read(signal) : next(known, signal))
        if (signal.aborted) return
        begun = true
        failures = 0
        if (problem !== null) told.back()
        problem = null
        const isSame =
          now?.text === known?.text &&
          now?.format === known?.format &&
          now?.signature === known?.signature
        known = now
        if (!isSame) told.changed(now)
        await clock.sleep(BREATH, signal)
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        // A connection that has ended says nothing yet; whether another can be made does.
        if (failures === 1 && begun && problem === null) continue
        const words = (error as Error).message
        if (words !== problem) told.lost(words)
        problem = words
        const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1))
        await clock.sleep(pause * (0.5 + random() / 2), signal).catch(() => {})
      }
    }
  }
}
