import { describe, expect, test } from 'vitest'
import { program, running } from '../../test/simulation/scripted.ts'
import type { InstanceMetrics } from '../model/guard-metrics.ts'
import { tallies } from './tallies.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const

async function tallyOf(world: Awaited<ReturnType<typeof running>>, id: string) {
  const { services } = await world.guard.api.metrics({ names: [id] })
  return (services[0] as InstanceMetrics).tally
}

describe('what is counted of an instance', () => {
  test('a crash that is restarted is one restart and one end, by its cause', async () => {
    const world = await running({ services: [program('a')] })
    await world.pass(5_000)
    world.leaderOf('a').end(CRASH)
    await world.pass(5_000)
    world.report('a').fault('memory', 'too much', world.time.clock.monotonic())
    await world.pass(5_000)
    const tally = await tallyOf(world, 'a')
    expect(tally.restarts).toEqual({ itself: 1, memory: 1 })
    expect(tally.ends).toEqual({ itself: 1, memory: 1 })
    expect(world.status('a').incarnation).toBe(3)
  })

  test('a start after a stop is no restart; a restart that was asked for is one', async () => {
    const world = await running({ services: [program('a')] })
    await world.until(world.act('stop', 'a'))
    await world.until(world.act('start', 'a'))
    expect((await tallyOf(world, 'a')).restarts).toEqual({})
    await world.until(world.act('restart', 'a'))
    await world.pass(2_000)
    const tally = await tallyOf(world, 'a')
    expect(tally.restarts).toEqual({ restart: 1 })
    expect(tally.ends).toEqual({ stop: 1, restart: 1 })
  })

  test('one that is given up has restarted as often as it was started again', async () => {
    const settings = { immediate: 0, delay: 100, limit: { count: 3, window: 60_000 } }
    const world = await running({
      services: [program('a', { restart: settings })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    await world.pass(60_000)
    expect(world.status('a')).toMatchObject({ phase: 'fatal', incarnation: 4 })
    const tally = await tallyOf(world, 'a')
    expect(tally.restarts).toEqual({ itself: 3 })
    expect(tally.ends).toEqual({ itself: 4 })
  })

  test('time in its phases is all the time that it was there, to the millisecond', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, restart: { immediate: 0, delay: 400 } })],
      lives: { a: { readyAfter: 50 } },
    })
    const begin = world.time.clock.monotonic()
    await world.pass(5_000)
    world.leaderOf('a').end(CRASH)
    await world.pass(10_000)
    const { phases } = await tallyOf(world, 'a')
    const total = Object.values(phases).reduce((sum, time) => sum + time, 0)
    expect(total).toBe(world.time.clock.monotonic() - begin)
    expect(phases).toMatchObject({ starting: 100, backoff: 400 })
  })

  test('readiness and recovery are times, and what is ready at once has none', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY }), program('b')],
      lives: { a: { readyAfter: 200, stopsWithin: 30 } },
    })
    await world.pass(5_000)
    world.report('a').fault('heartbeat', 'no beat', world.time.clock.monotonic() - 1_500)
    await world.pass(5_000)
    const { ready, detection, recovery } = await tallyOf(world, 'a')
    expect(ready?.sum).toBeCloseTo(0.4)
    expect(ready?.counts.reduce((sum, count) => sum + count, 0)).toBe(2)
    expect(detection?.sum).toBeCloseTo(1.5)
    expect(recovery?.sum).toBeCloseTo(1.73)
    expect((await tallyOf(world, 'b')).ready).toBeNull()
  })

  test('probes are counted by kind, with those that failed', async () => {
    const world = await running({ services: [program('a')] })
    const { probed } = world.report('a')
    probed('health', { ok: true, took: 3, detail: '' })
    probed('health', { ok: false, took: 20_000, detail: '' })
    const { probes } = await tallyOf(world, 'a')
    expect(probes.health?.failed).toBe(1)
    expect(probes.health?.took.sum).toBeCloseTo(20.003)
    expect(probes.health?.took.counts.at(-1)).toBe(1)
    expect(probes.ready).toBeUndefined()
  })

  test('one that is removed is forgotten', () => {
    const clock = { monotonic: () => 0, wall: () => new Date(0) }
    const counted = tallies(clock)
    counted.note({
      type: 'exit',
      id: 'a',
      incarnation: 1,
      pid: 1,
      exit: CRASH,
      cause: 'itself',
    })
    expect(counted.of({ id: 'a', phase: 'stopped' }).ends).toEqual({ itself: 1 })
    counted.note({ type: 'removed', id: 'a' })
    expect(counted.of({ id: 'a', phase: 'stopped' }).ends).toEqual({})
  })
})
