import { describe, expect, test } from 'vitest'
import { type EventGapNotice, eventFilter } from '../model/event-outlet.ts'
import type { GuardEvent } from '../model/guard-event.ts'
import { eventSource } from './event-source.ts'

const event = (number: number, id = 'api'): GuardEvent => ({
  type: 'ready',
  id,
  ready: true,
  number,
  at: '2026-11-21T00:00:00.000Z',
})

/** A log that keeps events from a number on. */
function log(first: number, newest: number, idOf = (_: number): string => 'api') {
  const kept = { first, newest }
  return Object.assign(kept, {
    since: (from: number, limit: number) =>
      Array.from(
        { length: Math.max(0, kept.newest + 1 - Math.max(from, kept.first)) },
        (_, index) =>
          event(Math.max(from, kept.first) + index, idOf(Math.max(from, kept.first) + index)),
      ).slice(0, limit),
  })
}

const ANY = { services: [], kinds: [] }

/** Everything that is to be told now, each acknowledged. */
function drain(source: ReturnType<typeof eventSource>): (GuardEvent | EventGapNotice)[] {
  const told: (GuardEvent | EventGapNotice)[] = []
  for (let due = source.due(0, false); due !== null; due = source.due(0, false)) {
    // Not all of a long log is looked at in one go.
    if (due > 0) continue
    told.push(source.take(0))
    source.settle('all')
  }
  return told
}

describe('events that are told', () => {
  test('come in order from a number on, and how far they were told is kept', () => {
    const kept: number[] = []
    const events = log(1, 200)
    const wants = eventFilter(ANY)
    const source = eventSource({ events, wants, from: 150, keep: (next) => kept.push(next) })
    expect(drain(source).map(({ number }) => number)).toEqual(
      Array.from({ length: 51 }, (_, index) => 150 + index),
    )
    expect(kept.at(-1)).toBe(201)
    events.newest = 201
    expect(drain(source)).toMatchObject([{ number: 201 }])
    expect(source.facts).toEqual({ next: 202, told: 52, lost: 0 })
  })

  test('that are no longer kept are a gap with their count', () => {
    const source = eventSource({ events: log(90, 92), wants: () => true, from: 11, keep() {} })
    expect(drain(source)).toMatchObject([
      { type: 'gap', from: 11, to: 89, lost: 79, number: 89 },
      { number: 90 },
      { number: 91 },
      { number: 92 },
    ])
    expect(source.facts).toEqual({ next: 93, told: 3, lost: 79 })
  })

  test('are the same until they are acknowledged', () => {
    const events = log(1, 2)
    const source = eventSource({ events, wants: () => true, from: 1, keep() {} })
    source.due(0, false)
    const first = source.take(0)
    source.refuse(0, 'HTTP 400')
    events.first = 2
    source.due(0, false)
    expect(source.take(0)).toBe(first)
  })

  test('begin where the numbers do when the log of events was removed', () => {
    const events = log(1, 3)
    const source = eventSource({ events, wants: () => true, from: 500, keep() {} })
    expect(drain(source)).toEqual([])
    events.newest = 4
    expect(drain(source)).toMatchObject([{ number: 4 }])
  })

  test('are those that were asked for', () => {
    const kept: number[] = []
    const events = log(1, 3_000, (number) => (number === 2_900 ? 'web-1@2' : 'api'))
    const wants = eventFilter({ services: ['web-*'], kinds: ['ready'] })
    const source = eventSource({ events, wants, from: 1, keep: (next) => kept.push(next) })
    expect(drain(source)).toMatchObject([{ number: 2_900 }])
    // What was left out is not looked at again and again by later guards.
    expect(kept.length).toBeLessThan(20)
    const guardEvent = { type: 'guard', text: '', severity: 6, number: 1, at: '' } as const
    expect(wants(guardEvent)).toBe(false)
    expect(eventFilter(ANY)(guardEvent)).toBe(true)
    expect(eventFilter({ services: [], kinds: ['exit'] })(guardEvent)).toBe(false)
  })
})
