import { expect, test } from 'vitest'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import { cronSchedule, nextTime } from './cron-schedule.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Passes time hour by hour, as a machine does. */
function begin(patterns: readonly string[]) {
  const time = virtualTime(() => 0)
  const told: Date[] = []
  const stop = cronSchedule(patterns, time, () => told.push(time.clock.wall()))
  return { time, told, stop }
}

test('the next time is the earliest of all patterns', () => {
  const from = new Date(2026, 0, 31, 22, 30)
  expect(nextTime(['0 4 * * *', '0 23 * * *'], from)).toEqual(new Date(2026, 0, 31, 23, 0))
  expect(nextTime(['0 0 29 2 *'], from)).toEqual(new Date(2028, 1, 29))
  expect(nextTime([], from)).toBeNull()
  expect(nextTime(['0 0 31 2 *'], from)).toBeNull()
})

test('every time that comes is told once', () => {
  const { time, told, stop } = begin(['0 4 * * *'])
  time.pass(3 * DAY)
  expect(told.map((at) => [at.getHours(), at.getMinutes()])).toEqual([
    [4, 0],
    [4, 0],
    [4, 0],
  ])
  stop()
  expect(time.pending).toBe(0)
})

test('T01 the wall clock jumps a day forwards and back: nothing falls due by that', () => {
  const { time, told, stop } = begin(['0 4 * * *'])
  const midnight = new Date(time.clock.wall())
  midnight.setHours(24, 0, 0, 0)
  time.pass(midnight.getTime() - time.clock.wall().getTime())
  time.jump(DAY + 6 * HOUR)
  time.pass(2 * HOUR)
  expect(told).toEqual([])
  time.jump(-DAY - 6 * HOUR)
  time.pass(HOUR)
  expect(told).toEqual([])
  time.pass(HOUR)
  expect(told.map((at) => at.getHours())).toEqual([4])
  stop()
})

test('T01 a clock that is set back a little does not repeat a time', () => {
  const { time, told, stop } = begin(['0 4 * * *'])
  time.pass(DAY)
  expect(told).toHaveLength(1)
  time.jump(told[0] === undefined ? 0 : told[0].getTime() - time.clock.wall().getTime() - 60_000)
  time.pass(HOUR)
  expect(told).toHaveLength(1)
  time.pass(DAY)
  expect(told).toHaveLength(2)
  stop()
})

test('T01 a machine that slept over a time does not make up for it', () => {
  const { time, told, stop } = begin(['0 4 * * *'])
  time.jump(10 * DAY)
  time.pass(2 * HOUR)
  expect(told.every((at) => at.getHours() === 4 && at.getMinutes() === 0)).toBe(true)
  stop()
})
