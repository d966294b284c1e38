import { describe, expect, test } from 'vitest'
import { SteadError } from '../errors.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import type { EventGap, EventStream } from '../model/ports/guard-api.ts'
import { followEvents } from './follow-events.ts'

const gone = new SteadError('GUARD_UNREACHABLE', { socket: '/s', reason: 'gone' })
const event = (number: number): GuardEvent => ({
  ...{ type: 'guard', text: '', severity: 6, at: '', number },
})

type Life =
  | { newest: number; tells: readonly (GuardEvent | EventGap)[]; breaks?: true }
  | SteadError

/** A guard that answers each connection with the next of `lives`; time passes while it is waited for. */
function script(lives: Life[]) {
  const asked: (number | null)[] = []
  let now = 0
  const pauses: number[] = []
  return {
    asked,
    pauses,
    clock: {
      monotonic: () => now,
      async sleep(milliseconds: number) {
        now += milliseconds
        pauses.push(milliseconds)
      },
    },
    client: {
      async events(since: number | null = null): Promise<EventStream> {
        asked.push(since)
        const life = lives.shift() ?? gone
        if (life instanceof SteadError) throw life
        async function* tell(tells: readonly (GuardEvent | EventGap)[], breaks: boolean) {
          yield* tells
          if (breaks) throw gone
        }
        const { newest, tells, breaks = false } = life
        return { snapshot: { number: newest, services: [] }, events: tell(tells, breaks) }
      },
    },
  }
}

async function read(
  { client, clock }: ReturnType<typeof script>,
  options: Parameters<typeof followEvents>[2],
): Promise<{ seen: unknown[]; error: unknown }> {
  const seen: unknown[] = []
  try {
    for await (const one of followEvents(client, clock, options)) {
      seen.push('gap' in one ? one.gap : one.number)
    }
  } catch (error) {
    return { seen, error }
  }
  return { seen, error: null }
}

describe('events over connections that end', () => {
  test('go on after the last number, whether the end was orderly or not', async () => {
    const guard = script([
      { newest: 7, tells: [event(8), event(9)] },
      gone,
      { newest: 9, tells: [event(10)], breaks: true },
      { newest: 12, tells: [event(11), event(12)] },
    ])
    expect(await read(guard, { patience: 1_000 })).toEqual({
      seen: [8, 9, 10, 11, 12],
      error: gone,
    })
    expect(guard.asked.slice(0, 4)).toEqual([null, 10, 10, 11])
  })

  test('nothing is lost when a connection ends before its first event', async () => {
    const guard = script([
      { newest: 7, tells: [] },
      { newest: 9, tells: [event(8), event(9)] },
    ])
    expect((await read(guard, { patience: 1_000 })).seen).toEqual([8, 9])
    expect(guard.asked.slice(0, 2)).toEqual([null, 8])
  })

  test('begin with the number that is asked for, and go on after a gap', async () => {
    const guard = script([
      { newest: 9, tells: [{ gap: { from: 3, to: 5 } }] },
      { newest: 9, tells: [event(6)] },
    ])
    const { seen } = await read(guard, { since: 3, patience: 1_000 })
    expect(seen).toEqual([{ from: 3, to: 5 }, 6])
    expect(guard.asked.slice(0, 2)).toEqual([3, 6])
  })

  test('a guard that counts from the beginning again is followed from there', async () => {
    const guard = script([
      { newest: 50, tells: [event(51)] },
      { newest: 2, tells: [] },
      { newest: 2, tells: [event(1), event(2), event(3)] },
    ])
    expect((await read(guard, { patience: 1_000 })).seen).toEqual([51, 1, 2, 3])
    expect(guard.asked.slice(0, 3)).toEqual([null, 52, 1])
  })

  test('attempts grow rarer, and end with the patience', async () => {
    const guard = script([])
    const { error } = await read(guard, { patience: 20_000 })
    expect(error).toBe(gone)
    expect(guard.pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000])
  })

  test('a refusal is no reason to wait', async () => {
    const refusal = new SteadError('RIGHTS', { action: 'a', right: 'b', remedy: 'c' })
    const guard = script([{ newest: 1, tells: [event(2)] }, refusal])
    expect(await read(guard, {})).toEqual({ seen: [2], error: refusal })
  })

  test('end when they are no longer wanted', async () => {
    const guard = script([{ newest: 1, tells: [event(2), event(3)] }])
    const stop = new AbortController()
    const seen: unknown[] = []
    for await (const one of followEvents(guard.client, guard.clock, { signal: stop.signal })) {
      seen.push(one)
      if (seen.length === 2) stop.abort()
    }
    expect(seen).toHaveLength(2)
  })
})
