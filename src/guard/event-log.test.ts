import { describe, expect, test } from 'vitest'
import { memoryEventFile } from '../../test/fakes/event-file.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import type { GuardEvent, GuardHappening } from '../model/guard-event.ts'
import type { EventFile } from '../model/ports/event-file.ts'
import type { EventGap, EventStream } from '../model/ports/guard-api.ts'
import { type EventLog, eventLog } from './event-log.ts'

const happening = (text: string): GuardHappening => ({ type: 'guard', text, severity: 6 })

interface Room {
  readonly log: EventLog
  /** Lets the turn end in which things happened. */
  turn(): void
}

function opened(file: EventFile, options: { size?: number; recent?: number } = {}): Room {
  const calls: (() => void)[] = []
  const log = eventLog({ file, clock: manualClock(), soon: (call) => calls.push(call), ...options })
  return {
    log,
    turn: () => {
      for (const call of calls.splice(0)) call()
    },
  }
}

function fill({ log, turn }: Room, count: number): void {
  for (let index = 0; index < count; index += 1) log.append(happening(`event ${index}`))
  turn()
}

const numbers = (events: readonly GuardEvent[]): number[] => events.map(({ number }) => number)

function subscribe({ log }: Room, since: number | null, signal: AbortSignal): EventStream {
  return log.subscribe(() => ({ number: log.newest, services: [] }), since, signal)
}

async function take(stream: EventStream, count: number): Promise<(number | EventGap['gap'])[]> {
  const taken: (number | EventGap['gap'])[] = []
  if (count === 0) return taken
  for await (const event of stream.events) {
    taken.push('gap' in event ? event.gap : event.number)
    if (taken.length === count) break
  }
  return taken
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('numbers', () => {
  test('begin with 1 and go on after a restart', () => {
    const file = memoryEventFile()
    fill(opened(file), 3)
    const again = opened(file)
    expect(again.log.append(happening('next')).number).toBe(4)
    again.turn()
    expect(numbers(again.log.since(0, 100))).toEqual([1, 2, 3, 4])
  })

  test.each([
    ['only its beginning', '{"numb', 5],
    ['its number', '{"number":4,"at":"2026', 5],
    ['all but the line end', '{"number":9,"at":"x","type":"guard","text":"","severity":6}', 10],
  ])('are not given again when the last line is torn: %s is left', (_, torn, next) => {
    const file = memoryEventFile()
    fill(opened(file), 3)
    file.append(torn)
    const again = opened(file)
    expect(again.log.append(happening('next')).number).toBe(next)
    again.turn()
    expect(numbers(opened(file).log.since(0, 100)).at(-1)).toBe(next)
  })

  test('are not given again after a disk was full to the end', () => {
    const file = memoryEventFile()
    const room = opened(file)
    fill(room, 3)
    file.full = true
    fill(room, 5)
    file.full = false
    expect(opened(file).log.append(happening('next')).number).toBe(9)
  })

  test('go on where the present file was begun and is still empty', () => {
    const file = memoryEventFile()
    fill(opened(file), 3)
    file.rotate()
    expect(opened(file).log.append(happening('next')).number).toBe(4)
  })
})

describe('past events', () => {
  test('are found by number, in the file and in memory, over a rotation', () => {
    const room = opened(memoryEventFile(), { size: 300_000, recent: 50 })
    for (let turn = 0; turn < 50; turn += 1) fill(room, 100)
    for (const since of [1, 2, 777, 2_500, 3_201, 4_949, 4_950, 4_951, 4_952, 5_000]) {
      expect(numbers(room.log.since(since, 300))).toEqual(
        range(since, Math.min(5_000, since + 299)),
      )
    }
    expect(room.log.since(5_001, 10)).toEqual([])
  })

  test('are bounded: the oldest go with their file', () => {
    const file = memoryEventFile()
    const room = opened(file, { size: 10_000, recent: 10 })
    for (let turn = 0; turn < 100; turn += 1) fill(room, 20)
    expect(file.size('before') + file.size('present')).toBeLessThan(30_000)
    const kept = numbers(room.log.since(0, 10_000))
    expect(kept).toEqual(range(kept[0] as number, 2_000))
    expect(kept[0]).toBeGreaterThan(1)
  })

  test('are not hurt by lines that are no events', () => {
    const file = memoryEventFile()
    fill(opened(file), 2)
    file.append('garbage\n\u0000\u0000\n{"number":3,nonsense\n')
    const again = opened(file)
    fill(again, 1)
    expect(numbers(opened(file).log.since(0, 10))).toEqual([1, 2, 4])
  })
})

describe('a subscriber', () => {
  test('T07 gets a snapshot and then live events with no gap and no duplicate', async () => {
    const room = opened(memoryEventFile())
    fill(room, 5)
    // Appended, and not yet stored: the snapshot has it.
    room.log.append(happening('in this turn'))
    const stream = subscribe(room, null, new AbortController().signal)
    expect(stream.snapshot.number).toBe(6)
    const reading = take(stream, 700)
    for (let turn = 0; turn < 7; turn += 1) {
      fill(room, 100)
      await Promise.resolve()
    }
    expect(await reading).toEqual(range(7, 706))
  })

  test('T07 that is slow gets an explicit gap for what is kept no more', async () => {
    const room = opened(memoryEventFile(), { size: 5_000, recent: 10 })
    const stream = subscribe(room, null, new AbortController().signal)
    fill(room, 1)
    expect(await take(stream, 0)).toEqual([])
    for (let turn = 0; turn < 100; turn += 1) fill(room, 10)
    const kept = room.log.since(0, 10_000).map(({ number }) => number)
    expect(await take(stream, 3)).toEqual([
      { from: 1, to: (kept[0] as number) - 1 },
      kept[0],
      kept[1],
    ])
  })

  test('that asks for history gets it first, then what is new', async () => {
    const room = opened(memoryEventFile(), { recent: 4 })
    fill(room, 300)
    const stream = subscribe(room, 10, new AbortController().signal)
    const reading = take(stream, 293)
    fill(room, 2)
    expect(await reading).toEqual(range(10, 302))
  })

  test('is told of events in order although the disk is full, and they are counted', async () => {
    const file = memoryEventFile()
    const room = opened(file, { recent: 5 })
    fill(room, 2)
    const stream = subscribe(room, null, new AbortController().signal)
    file.full = true
    fill(room, 3)
    file.full = false
    fill(room, 1)
    expect(await take(stream, 4)).toEqual([3, 4, 5, 6])
    expect(room.log.lost()).toBe(3)
    const later = subscribe(opened(file), 1, new AbortController().signal)
    expect(await take(later, 4)).toEqual([1, 2, { from: 3, to: 5 }, 6])
  })

  test('ends when its signal is aborted, and when the log is closed', async () => {
    const room = opened(memoryEventFile())
    const leaving = new AbortController()
    const left = take(subscribe(room, null, leaving.signal), 5)
    const stayed = take(subscribe(room, null, new AbortController().signal), 5)
    fill(room, 1)
    leaving.abort()
    expect(await left).toEqual([])
    room.log.close()
    expect(await stayed).toEqual([1])
  })
})
