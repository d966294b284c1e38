import { expect, test } from 'vitest'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import type { RemoteText } from '../../model/ports/remote-source.ts'
import { keepWatching } from './keep-watching.ts'

const said = (text: string): RemoteText => ({ text, format: 'yaml', version: text, order: null })

/** A source that a test answers for, and what is told of it. */
function room() {
  const clock = manualClock()
  const told: string[] = []
  let reads = 0
  let down: string | null = null
  let now: RemoteText | null = said('1')
  let wake = Promise.withResolvers<void>()
  const stop = keepWatching(
    {
      clock,
      random: () => 1,
      async read() {
        reads += 1
        if (down !== null) throw new Error(down)
        return now
      },
      async next() {
        await wake.promise
        wake = Promise.withResolvers()
        if (down !== null) throw new Error(down)
        return now
      },
    },
    null,
    {
      changed: (text) => told.push(text?.text ?? 'nothing'),
      lost: (problem) => told.push(`lost: ${problem}`),
      back: () => told.push('back'),
    },
  )
  return {
    clock,
    told,
    stop,
    reads: () => reads,
    set(text: string | null, problem: string | null = null) {
      now = text === null ? null : said(text)
      down = problem
    },
    stir: () => wake.resolve(),
  }
}

test('a connection that ends is no loss where another can be made', async () => {
  const { clock, told, stop, set, stir, reads } = room()
  await clock.advance(1_000)
  set('1', 'it was reset')
  stir()
  set('1')
  await clock.settle()
  await clock.advance(10_000)
  expect(told).toEqual(['1'])
  expect(reads()).toBeGreaterThan(0)
  stop()
})

test('a loss is told once, again when the words change, and tries become fewer', async () => {
  const { clock, told, stop, set, stir, reads } = room()
  await clock.advance(1_000)
  set(null, 'away')
  stir()
  await clock.advance(120_000)
  expect(told).toEqual(['1', 'lost: away'])
  const before = reads()
  await clock.advance(600_000)
  expect(reads() - before).toBe(10)
  set(null, 'it lies')
  await clock.advance(60_000)
  set('2')
  await clock.advance(60_000)
  expect(told).toEqual(['1', 'lost: away', 'lost: it lies', 'back', '2'])
  stop()
})

test('one that says without end that something is new is asked ten times a second', async () => {
  const clock = manualClock()
  const told: (string | null)[] = []
  let count = 0
  const more = async () => {
    count += 1
    return said(String(count))
  }
  const stop = keepWatching({ clock, random: () => 1, read: more, next: more }, null, {
    changed: (text) => told.push(text?.text ?? null),
    lost: () => {},
    back: () => {},
  })
  await clock.advance(1_000)
  expect(told).toHaveLength(11)
  stop()
  await clock.advance(1_000)
  expect(told).toHaveLength(11)
  expect(clock.sleepers).toBe(0)
})
