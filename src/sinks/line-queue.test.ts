import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import { lineQueue } from './line-queue.ts'
import type { LineRecord, RecordSource } from './line-record.ts'

const API: RecordSource = { service: 'api', instance: 1 }
const DB: RecordSource = { service: 'db', instance: 1 }
const NOW = Date.UTC(2026, 10, 21)

function line(text: string, source = API): LineRecord {
  return {
    source,
    stream: 'stdout',
    incarnation: 1,
    pid: null,
    sequence: null,
    at: NOW,
    severity: 6,
    text: Buffer.from(text),
    partial: false,
    continues: false,
    traceId: null,
    lost: null,
  }
}

const texts = (records: readonly LineRecord[]): string[] => records.map(({ text }) => String(text))
const ALL = { lines: 1_000, bytes: 1_000_000 }

describe('the queue of a sink', () => {
  test('gives lines in order, the same again until they are settled', () => {
    const queue = lineQueue({ bytes: 10_000, lines: 10 })
    for (const text of ['a', 'b', 'c']) queue.push(line(text), NOW)
    const first = queue.take({ lines: 2, bytes: 10_000 }, NOW)
    expect(texts(first)).toEqual(['a', 'b'])
    expect(queue.take(ALL, NOW)).toBe(first)
    queue.settle(1)
    expect(texts(queue.take(ALL, NOW))).toEqual(['b'])
    queue.settle(1)
    expect(texts(queue.take(ALL, NOW))).toEqual(['c'])
    queue.settle(Number.POSITIVE_INFINITY)
    expect(queue.isEmpty()).toBe(true)
    expect(queue.waiting()).toEqual({ lines: 0, bytes: 0 })
    expect(queue.counts).toEqual({ sent: 3, lost: 0, gaps: 0 })
  })

  test('gives up the oldest for the newest, and tells each program how many', () => {
    const queue = lineQueue({ bytes: 1_000_000, lines: 3 })
    queue.push(line('d1', DB), NOW)
    for (let number = 1; number <= 6; number += 1) queue.push(line(`a${number}`), NOW + number)
    expect(texts(queue.take(ALL, NOW))).toEqual([
      '(… 1 line lost since 2026-11-21T00:00:00.003Z …)',
      '(… 3 lines lost since 2026-11-21T00:00:00.004Z …)',
      'a4',
      'a5',
    ])
    queue.settle(Number.POSITIVE_INFINITY)
    expect(texts(queue.take(ALL, NOW))).toEqual(['a6'])
    queue.settle(1)
    expect(queue.counts).toEqual({ sent: 3, lost: 4, gaps: 2 })
    expect(queue.isEmpty()).toBe(true)
  })

  test('keeps what is under way out of reach, and gives up behind it', () => {
    const queue = lineQueue({ bytes: 1_000_000, lines: 2 })
    queue.push(line('a'), NOW)
    const taken = queue.take(ALL, NOW)
    for (const text of ['b', 'c', 'd']) queue.push(line(text), NOW)
    expect(texts(queue.take(ALL, NOW))).toEqual(texts(taken))
    queue.settle(1)
    const next = texts(queue.take(ALL, NOW))
    expect(next.slice(1)).toEqual(['d'])
    expect(next[0]).toContain('2 lines lost')
  })

  test('keeps the newest lines while the oldest are tried again and again', () => {
    const queue = lineQueue({ bytes: 1_000_000, lines: 10 })
    for (let number = 1; number <= 100; number += 1) {
      queue.push(line(String(number)), NOW)
      queue.take(ALL, NOW)
    }
    const told: string[] = []
    for (;;) {
      const taken = queue.take(ALL, NOW)
      if (taken.length === 0) break
      told.push(...texts(taken))
      queue.settle(taken.length)
    }
    expect([told[0], told.at(-1), told.length]).toEqual(['1', '100', 1 + 1 + 9])
  })

  test('has no room for a line that is longer than all of it', () => {
    const queue = lineQueue({ bytes: 100, lines: 10 })
    queue.push(line('x'.repeat(1_000)), NOW)
    expect(queue.waiting().lines).toBe(0)
    expect(queue.counts.lost).toBe(1)
  })

  test('counts what is refused as lost, the gap within it too', () => {
    const queue = lineQueue({ bytes: 1_000_000, lines: 2 })
    for (const text of ['a', 'b', 'c']) queue.push(line(text), NOW)
    expect(texts(queue.take(ALL, NOW)).slice(1)).toEqual(['b'])
    queue.refuse(NOW)
    expect(queue.counts.lost).toBe(2)
    const [gap, ...rest] = queue.take(ALL, NOW)
    expect(texts(rest)).toEqual(['c'])
    expect(gap?.lost).toEqual({ lines: 2, bytes: 2, since: NOW })
  })

  test('accounts for every line, whatever happens in whatever order', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed)
      const bounds = { bytes: 64 + random.below(2_000), lines: 1 + random.below(20) }
      const queue = lineQueue(bounds)
      let pushed = 0
      let told = 0
      let toldLost = 0
      for (let step = 0; step < 200; step += 1) {
        const dice = random.below(10)
        if (dice < 5) {
          queue.push(line('x'.repeat(random.below(200)), random.below(2) === 0 ? API : DB), NOW)
          pushed += 1
        } else if (dice < 8) {
          const taken = queue.take({ lines: 1 + random.below(5), bytes: 300 }, NOW)
          const count = random.below(taken.length + 1)
          for (const { lost } of taken.slice(0, count)) {
            if (lost === null) told += 1
            else toldLost += lost.lines
          }
          queue.settle(count)
        } else if (dice === 8) queue.refuse(NOW)
        else {
          queue.lose(DB, 2, 20, NOW)
          pushed += 2
        }
      }
      for (;;) {
        const taken = queue.take(ALL, NOW)
        if (taken.length === 0) break
        for (const { lost } of taken) {
          if (lost === null) told += 1
          else toldLost += lost.lines
        }
        queue.settle(taken.length)
      }
      expect({ seed, sum: told + toldLost }).toEqual({ seed, sum: pushed })
      expect(queue.counts).toMatchObject({ sent: told, lost: toldLost })
      expect(queue.waiting()).toEqual({ lines: 0, bytes: 0 })
    }
  })
})
