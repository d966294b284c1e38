import { describe, expect, test } from 'vitest'
import { program, running, type World } from '../../test/simulation/scripted.ts'
import type { GuardEvent } from '../model/guard-event.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const

/** What was told of `a`, in short. */
function toldOf(world: World, ...types: readonly GuardEvent['type'][]): readonly string[] {
  return world.events
    .filter((event) => 'id' in event && event.id === 'a' && types.includes(event.type))
    .map(inShort)
}

function inShort(event: GuardEvent): string {
  if (event.type === 'want') return `want ${event.want.state} by ${event.want.by}`
  if (event.type === 'phase') return `${event.from} > ${event.to} ${event.incarnation}`
  if (event.type === 'ready') return event.ready ? 'ready' : 'not ready'
  if (event.type === 'health') return event.health
  if (event.type === 'exit') return `exit ${event.incarnation} ${event.cause}`
  if (event.type === 'recovered') return `recovered ${event.cause}`
  return event.type
}

describe('what happens is told once:', () => {
  test('a whole life, from its start to its stop, in order', async () => {
    const world = await running({ services: [program('a', { ready: NOTIFY })] })
    await world.pass(5_000)
    await world.until(world.act('stop', 'a'))
    expect(toldOf(world, 'want', 'phase', 'ready', 'health', 'exit', 'recovered')).toEqual([
      'want up by boot',
      'stopped > starting 1',
      'starting > running 1',
      'ready',
      'want down by operator uid 0',
      'running > stopping 1',
      'not ready',
      'exit 1 stop',
      'stopping > stopped 1',
    ])
  })

  test('a want that is asked for again by the same one is nothing new', async () => {
    const world = await running({ services: [program('a')] })
    for (let n = 0; n < 3; n += 1) await world.until(world.act('stop', 'a'))
    for (let n = 0; n < 3; n += 1) await world.until(world.act('start', 'a'))
    expect(toldOf(world, 'want')).toEqual([
      'want up by boot',
      'want down by operator uid 0',
      'want up by operator uid 0',
    ])
  })

  test('a crash, its end and its recovery', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, restart: { immediate: 0 } })],
    })
    await world.pass(5_000)
    const before = toldOf(world, 'phase', 'ready', 'exit', 'recovered').length
    world.leaderOf('a').end(CRASH)
    await world.pass(5_000)
    expect(toldOf(world, 'phase', 'ready', 'exit', 'recovered').slice(before)).toEqual([
      'exit 1 itself',
      'running > backoff 1',
      'not ready',
      'backoff > starting 2',
      'recovered itself',
      'starting > running 2',
      'ready',
    ])
  })

  test('health that is told over and over, and changes once each way', async () => {
    const world = await running({ services: [program('a', { restart: { immediate: 9 } })] })
    for (let n = 0; n < 5; n += 1) world.report('a').health(true, '', 0)
    world.report('a').health(false, 'sick', 0)
    await world.pass(1_000)
    for (let n = 0; n < 5; n += 1) world.report('a').health(true, '', 0)
    expect(toldOf(world, 'health')).toEqual(['healthy', 'unhealthy', 'unknown', 'healthy'])
    expect(toldOf(world, 'recovered')).toEqual(['recovered health'])
  })

  test('a program that a new guard takes on: that it runs, and no want or end that nobody had', async () => {
    const world = await running({ services: [program('a')] })
    await world.pass(5_000)
    world.drop()
    world.again()
    await world.pass(5_000)
    expect(toldOf(world, 'want', 'exit')).toEqual(['want up by boot'])
    expect(toldOf(world, 'phase')).toEqual(['stopped > running 1', 'stopped > running 1'])
  })

  test('numbers go up by one, over guards too', async () => {
    const world = await running({ services: [program('a')] })
    world.drop()
    world.again()
    await world.until(world.act('restart', 'a'))
    expect(world.events.map(({ number }) => number)).toEqual(world.events.map((_, n) => n + 1))
  })
})
