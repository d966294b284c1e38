import { expect, test } from 'vitest'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { deadlineAfter } from './deadline.ts'

function bench(milliseconds: number) {
  const clock = manualClock()
  const deadline = deadlineAfter(clock, milliseconds)
  let over = false
  void deadline.over.then(() => {
    over = true
  })
  return { clock, deadline, over: () => over }
}

test('a deadline is over at its moment and not before', async () => {
  const { clock, over } = bench(1_000)
  await clock.advance(999)
  expect(over()).toBe(false)
  await clock.advance(1)
  expect(over()).toBe(true)
})

test('an extension counts from the moment it is asked for, and tells what is left', async () => {
  const { clock, deadline, over } = bench(1_000)
  await clock.advance(900)
  expect(deadline.extend(500)).toBe(500)
  await clock.advance(499)
  expect(over()).toBe(false)
  await clock.advance(1)
  expect(over()).toBe(true)
})

test('an extension never brings it nearer', async () => {
  const { clock, deadline, over } = bench(1_000)
  expect(deadline.extend(10)).toBe(1_000)
  await clock.advance(999)
  expect(over()).toBe(false)
})

test('cancelled it is never over, and no timer is left', async () => {
  const { clock, deadline, over } = bench(1_000)
  deadline.cancel()
  await clock.advance(10_000)
  expect(over()).toBe(false)
  expect(clock.sleepers).toBe(0)
})

test('a deadline beyond the longest timer of Node holds', async () => {
  const { clock, over } = bench(2 ** 31 + 5_000)
  await clock.advance(2 ** 31 + 4_999)
  expect(over()).toBe(false)
  await clock.advance(1)
  expect(over()).toBe(true)
})
