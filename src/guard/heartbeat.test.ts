import { expect, test } from 'vitest'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import { heartbeatMonitor } from './heartbeat.ts'

function begin() {
  const time = virtualTime(() => 0)
  const told: unknown[][] = []
  const monitor = heartbeatMonitor({ every: 5_000, misses: 3 }, time, (...all) => told.push(all))
  return { time, told, monitor }
}

test('three missed heartbeats are told once, with the moment of the last one', () => {
  const { time, told, monitor } = begin()
  time.pass(4_000)
  monitor.beat()
  time.pass(14_999)
  expect(told).toEqual([])
  expect(monitor.facts()).toEqual({ lastAt: '2023-11-14T22:13:24.000Z', missed: 2 })
  time.pass(1)
  expect(told).toEqual([[3, 4_000]])
  time.pass(60_000)
  expect(told).toHaveLength(1)
  expect(time.pending).toBe(0)
})

test('a program that never beats is missed from the beginning on', () => {
  const { time, told, monitor } = begin()
  time.pass(15_000)
  expect(told).toEqual([[3, 0]])
  expect(monitor.facts().lastAt).toBeNull()
})

test('beats keep it quiet for as long as they come, late ones too', () => {
  const { time, told, monitor } = begin()
  for (let count = 0; count < 100; count += 1) {
    time.pass(14_000)
    monitor.beat()
  }
  expect(told).toEqual([])
  monitor.stop()
  expect(time.pending).toBe(0)
})

test('T01 the wall clock may jump a day forwards and back', () => {
  const { time, told, monitor } = begin()
  time.jump(86_400_000)
  time.pass(14_999)
  time.jump(-2 * 86_400_000)
  expect(told).toEqual([])
  time.pass(1)
  expect(told).toEqual([[3, 0]])
  monitor.stop()
})
