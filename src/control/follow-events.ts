import { isSteadError } from '../errors.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { EventGap } from '../model/ports/guard-api.ts'
import type { GuardClient } from './client.ts'

export interface FollowOptions {
  /** Begins with this number; left out, with what happens from now on. */
  readonly since?: number
  readonly signal?: AbortSignal
  /** Milliseconds for which a guard that does not answer is waited for; for ever unless given. */
  readonly patience?: number
}

/** Between two attempts: it grows from the first to the second. */
const PAUSE = { first: 100, longest: 5_000 }

/**
 * Events as they come, over any number of connections and guards: a connection that ends is made
 * again, and goes on after the last number. What is no longer kept is told of as a gap. Ends when
 * `signal` is aborted, and in no other way.
 *
 * @throws GUARD_UNREACHABLE when no guard has answered for `patience`; RIGHTS and the like at once
 */
export async function* followEvents(
  client: Pick<GuardClient, 'events'>,
  clock: Pick<Clock, 'sleep' | 'monotonic'>,
  { since, signal, patience = Number.POSITIVE_INFINITY }: FollowOptions = {},
): AsyncGenerator<GuardEvent | EventGap, void> {
  let next = since ?? null
  let pause = PAUSE.first
  let lost: number | null = null
  while (signal?.aborted !== true) {
    try {
      const { snapshot, events } = await client.events(next, signal)
      lost = null
      pause = PAUSE.first
      next ??= snapshot.number + 1
      if (next > snapshot.number + 1) {
        // A guard whose state was thrown away counts from the beginning again: all of it is new.
        next = 1
        await events[Symbol.asyncIterator]().return?.(undefined)
        continue
      }
      for await (const event of events) {
        next = ('gap' in event ? event.gap.to : event.number) + 1
        yield event
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!isSteadError(error, 'GUARD_UNREACHABLE')) throw error
      const now = clock.monotonic()
      lost ??= now
      if (now - lost >= patience) throw error
    }
    try {
      await clock.sleep(pause, signal)
    } catch {
      return
    }
    pause = Math.min(pause * 2, PAUSE.longest)
  }
}
