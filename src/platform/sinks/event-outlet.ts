import type { EventFilter, EventGapNotice, OutletFact } from '../../model/event-outlet.ts'
import { eventFilter } from '../../model/event-outlet.ts'
import type { GuardEvent } from '../../model/guard-event.ts'
import { type BackOff, delivery, type Outcome } from '../../sinks/delivery.ts'
import { eventSource, type KeptEvents } from '../../sinks/event-source.ts'
import type { NumberFile } from './number-file.ts'
import { runDelivery } from './run-delivery.ts'
import { turnTeller } from './turn-teller.ts'

/** One who tells events, one at a time. */
export interface EventTeller {
  tell(event: GuardEvent | EventGapNotice, signal: AbortSignal): Promise<Outcome>
  close(): Promise<void>
}

export interface OutletParts {
  /** `webhook NAME` or `listener NAME`. */
  readonly outlet: string
  readonly filter: EventFilter
  readonly events: KeptEvents
  readonly teller: EventTeller
  readonly number: NumberFile
  /** The first number that one is told who was told nothing yet. */
  readonly from: number
  /** It goes down, or is back. */
  readonly turned: (fact: OutletFact) => void
}

export interface RunningOutlet {
  /** There are new events. */
  kick(): void
  facts(): OutletFact
  /** Tells what is there, for so long at most. With `forget` a later guard begins anew. */
  close(options: { readonly within: number; readonly forget: boolean }): Promise<void>
}

const BACK_OFF: BackOff = { first: 500, most: 60_000, jitter: 0.2 }

/** Tells events from the one after the last acknowledged on. */
export function runOutlet(parts: OutletParts): RunningOutlet {
  const { outlet, filter, events, teller, number, turned } = parts
  const from = number.read() ?? parts.from
  const keep = (next: number): void => {
    try {
      number.write(next)
    } catch {
      // A later guard tells these once more then.
    }
  }
  keep(from)
  const source = eventSource({ events, wants: eventFilter(filter), from, keep })
  const machine = delivery(source, Math.random, BACK_OFF)
  const turn = turnTeller(
    () => machine.facts.state,
    () => turned(facts()),
  )
  const run = runDelivery({
    delivery: machine,
    send: (event, signal) => teller.tell(event, signal),
    changed: turn.look,
  })

  function facts(): OutletFact {
    const { state, trouble } = machine.facts
    const { next, told, lost } = source.facts
    const behind = Math.max(0, events.newest + 1 - next)
    return { outlet, state, next, behind, told, lost, trouble }
  }

  run.kick()
  return {
    kick: run.kick,
    facts,
    async close({ within, forget }) {
      if (within > 0) await run.flush(within)
      run.close()
      turn.close()
      await teller.close()
      number.close({ remove: forget })
    },
  }
}
