import type { GuardEvent, GuardHappening, GuardSnapshot } from '../model/guard-event.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { EventFile } from '../model/ports/event-file.ts'
import type { EventGap, EventStream } from '../model/ports/guard-api.ts'
import { endsTorn, lastNumber, readEvents } from './event-lines.ts'

export interface EventLogParts {
  readonly file: EventFile
  readonly clock: Pick<Clock, 'wall'>
  /** Calls back soon, when what happens now has happened: all events of a turn are one write. */
  readonly soon: (call: () => void) => void
  /** Bytes after which a new file is begun; the one before is kept. Default 4 MiB. */
  readonly size?: number
  /** Newest events that are also in memory. Default 512. */
  readonly recent?: number
}

export interface EventLog {
  /** Numbers the happening and returns at once. It never fails: see `lost`. */
  append(happening: GuardHappening): GuardEvent
  /** Events from number `since` on that are still kept, oldest first, at most `limit`. */
  since(since: number, limit: number): readonly GuardEvent[]
  /**
   * A snapshot and the events after it; with `since` those from that number on. It ends when
   * `signal` is aborted or the log is closed.
   *
   * @param snapshot is called at once
   */
  subscribe(snapshot: () => GuardSnapshot, since: number | null, signal: AbortSignal): EventStream
  /** Number of the newest event; 0 for none. */
  readonly newest: number
  /** Events that could not be stored since the log was opened. */
  lost(): number
  /** Stores what is not stored yet, and ends all subscriptions. */
  close(): void
}

const DEFAULT_SIZE = 4 * 1024 * 1024
const DEFAULT_RECENT = 512
/** Events that a subscriber takes from the file at a time. */
const PAGE = 128

/**
 * The numbered events of a guard: in a file of bounded size, the newest in memory too. An event is in
 * the file before any subscriber is told of it, so that a number once told is never given again. A
 * subscriber is a number, the next that it has to be told: however slow it is, it takes no memory.
 */
export function eventLog(parts: EventLogParts): EventLog {
  const { file, clock, soon, size = DEFAULT_SIZE, recent: capacity = DEFAULT_RECENT } = parts
  /** Consecutive numbers, the newest last. Those from `stored` on are not in the file yet. */
  const recent: GuardEvent[] = []
  const waiting = new Set<() => void>()
  let number = Math.max(lastNumber(file), file.marked())
  let told = number
  /** What an earlier guard left unfinished is a line of its own, so that the next one is whole. */
  let separator = endsTorn(file) ? '\n' : ''
  let scheduled = false
  let lost = 0
  let closed = false

  function append(happening: GuardHappening): GuardEvent {
    number += 1
    const event: GuardEvent = { number, at: clock.wall().toISOString(), ...happening }
    recent.push(event)
    if (!scheduled && !closed) {
      scheduled = true
      soon(flush)
    }
    return event
  }

  function flush(): void {
    scheduled = false
    if (told === number) return
    const fresh = recent.slice(recent.length - (number - told))
    let text = separator
    for (const event of fresh) text += `${JSON.stringify(event)}\n`
    try {
      if (file.size('present') >= size) file.rotate()
      file.append(text)
      separator = ''
    } catch {
      lost += fresh.length
      mark()
    }
    told = number
    if (recent.length > capacity) recent.splice(0, recent.length - capacity)
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  }

  function mark(): void {
    try {
      file.mark(number)
    } catch {
      // Numbers may then be given again after a restart: nothing is left to keep them in.
    }
  }

  function since(from: number, limit: number): readonly GuardEvent[] {
    flush()
    const first = recent[0]?.number ?? number + 1
    if (from >= first) return recent.slice(from - first, from - first + limit)
    const older = readEvents(file, from, limit).filter((event) => event.number < first)
    return older.length >= limit ? older : [...older, ...recent.slice(0, limit - older.length)]
  }

  async function* follow(
    begin: number,
    signal: AbortSignal,
  ): AsyncGenerator<GuardEvent | EventGap, void> {
    let next = begin
    while (!signal.aborted) {
      // What was appended a moment ago is told when it is stored.
      const page = next <= told ? since(next, PAGE) : []
      if (page.length === 0) {
        if (closed) return
        await change(signal)
        continue
      }
      for (const event of page) {
        if (signal.aborted) return
        if (event.number > next) yield { gap: { from: next, to: event.number - 1 } }
        yield event
        next = event.number + 1
      }
    }
  }

  function change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        waiting.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      waiting.add(wake)
    })
  }

  return {
    append,
    since,
    subscribe(take, from, signal) {
      flush()
      const snapshot = take()
      return { snapshot, events: follow(Math.max(1, from ?? snapshot.number + 1), signal) }
    },
    get newest() {
      return number
    },
    lost: () => lost,
    close() {
      closed = true
      flush()
      const woken = [...waiting]
      waiting.clear()
      for (const wake of woken) wake()
      file.close()
    },
  }
}
