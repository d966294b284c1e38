import type { EventGapNotice } from '../model/event-outlet.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { DeliverySource } from './delivery.ts'

/** The numbered events of a guard, as far as they are kept. */
export interface KeptEvents {
  /** From a number on, in order, at most so many. */
  since(number: number, limit: number): readonly GuardEvent[]
  readonly newest: number
}

export interface EventSourceParts {
  readonly events: KeptEvents
  readonly wants: (event: GuardEvent) => boolean
  /** The first number that is to be told. */
  readonly from: number
  /** Keeps the number of the next event, for a later guard. */
  readonly keep: (next: number) => void
}

export interface EventSource extends DeliverySource<GuardEvent | EventGapNotice> {
  readonly facts: { readonly next: number; readonly told: number; readonly lost: number }
}

/** Events that are looked at in one go. */
const PAGE = 64
/** Pages that are looked at before others have their turn. */
const PAGES_IN_TURN = 16
/** So many that nobody wants are kept as told together. */
const KEEP_EVERY = 256

/**
 * Events one after the other, from the log of them: they wait there, on disk and bounded, however long
 * somebody is down, and nothing waits in memory. What the log has let go of is told as a gap.
 */
export function eventSource({ events, wants, from, keep }: EventSourceParts): EventSource {
  // Numbers begin anew where the log of events was removed.
  const facts = { next: from > events.newest + 1 ? events.newest + 1 : from, told: 0, lost: 0 }
  let kept = from
  let found: GuardEvent | EventGapNotice | null = null

  function settled(next: number): void {
    facts.next = next
    found = null
    kept = next
    keep(next)
  }

  function look(): GuardEvent | EventGapNotice | null {
    for (let pages = 0; facts.next <= events.newest && pages < PAGES_IN_TURN; pages += 1) {
      const page = events.since(facts.next, PAGE)
      const first = page[0]?.number ?? events.newest + 1
      if (first > facts.next) {
        const to = first - 1
        return { number: to, type: 'gap', from: facts.next, to, lost: first - facts.next }
      }
      for (const event of page) {
        if (event.number > facts.next) break
        if (wants(event)) return event
        facts.next = event.number + 1
      }
      if (facts.next - kept >= KEEP_EVERY) settled(facts.next)
    }
    return null
  }

  return {
    due() {
      found ??= look()
      if (found !== null) return 0
      return facts.next <= events.newest ? 1 : null
    },
    take: () => found as GuardEvent | EventGapNotice,
    settle() {
      if (found === null) return
      if (found.type === 'gap') facts.lost += found.lost
      else facts.told += 1
      settled(found.number + 1)
    },
    // Nothing of an event is refused for good: whoever cannot take it holds up the others.
    refuse() {},
    facts,
  }
}
