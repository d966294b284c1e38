import { describe, expect, test } from 'vitest'
import { program, running, type World } from '../../test/simulation/scripted.ts'
import { PROGRAM_DEFAULTS } from '../model/program-spec.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const
const OPERATOR = { uid: 0, pid: null }

const idsOf = (world: World): readonly string[] =>
  world.guard.api.status({ names: [] }).services.map(({ id }) => id)
const toldOf = (world: World, type: string): readonly string[] =>
  world.events.flatMap((event) => (event.type === type && 'id' in event ? [event.id] : []))

describe('a new configuration', () => {
  test('L07 without a service stops it, and then there is none', async () => {
    const world = await running({ services: [program('a'), program('b')] })
    await world.pass(1_000)
    const [b] = world.pidsOf('b')
    await world.replace([program('b')])
    expect(world.pidsOf('a')).toHaveLength(1)
    await world.pass(5)
    expect(world.pidsOf('a')).toEqual([])
    expect(idsOf(world)).toEqual(['b'])
    expect(world.pidsOf('b')).toEqual([b])
    expect(toldOf(world, 'removed')).toEqual(['a'])
  })

  test('L07 without a service: until it has stopped it is told to whoever asks for what is going, and nobody can act on it', async () => {
    const world = await running({
      services: [program('a'), program('b', { instances: 2 })],
      lives: { a: { stopsWithin: 500 }, 'b@2': { stopsWithin: 500 } },
    })
    await world.pass(1_000)
    await world.replace([program('b', { instances: 1 })])
    const going = (names: readonly string[]) =>
      world.guard.api
        .status({ names, removing: true })
        .services.map((one) => [one.id, one.phase, one.removing ?? false])
    expect(idsOf(world)).toEqual(['b@1'])
    expect(going([])).toEqual([
      ['a', 'stopping', true],
      ['b@1', 'running', false],
      ['b@2', 'stopping', true],
    ])
    expect(going(['b'])).toHaveLength(2)
    await expect(world.act('restart', 'a')).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
    await world.pass(1_000)
    expect(going([])).toEqual([['b@1', 'running', false]])
  })

  test('L07 that renames one ends the old name and starts the new one', async () => {
    const world = await running({ services: [program('old')] })
    await world.pass(1_000)
    await world.replace([program('new', { command: ['/old'] })])
    await world.pass(1_000)
    expect(idsOf(world)).toEqual(['new'])
    expect(world.pidsOf('old')).toEqual([])
    expect(world.status('new')).toMatchObject({ phase: 'running', incarnation: 1 })
  })

  test('L07 that swaps the programs of two restarts both, once', async () => {
    const world = await running({ services: [program('a'), program('b')] })
    await world.pass(1_000)
    await world.replace([program('a', { command: ['/b'] }), program('b', { command: ['/a'] })])
    await world.pass(10_000)
    expect([world.startsOf('a'), world.startsOf('b')]).toEqual([
      [0, 1_005],
      [0, 1_005],
    ])
    expect(world.status('a').lastExit?.cause).toBe('configuration')
    expect(world.doubles).toEqual([])
  })

  test('L07 while one is starting: it is started anew with the new settings', async () => {
    const slow = program('a', { ready: NOTIFY })
    const world = await running({
      services: [slow],
      lives: { a: (nth) => ({ readyAfter: nth === 1 ? null : 10 }) },
    })
    await world.pass(100)
    await world.replace([{ ...slow, env: { NEW: '1' } }])
    await world.pass(1_000)
    expect(world.startsOf('a')).toEqual([0, 105])
    expect(world.status('a').phase).toBe('running')
  })

  test('L07 with the same settings touches nothing', async () => {
    const world = await running({ services: [program('a'), program('b', { instances: 3 })] })
    await world.pass(1_000)
    const events = world.events.length
    await world.replace([program('a'), program('b', { instances: 3 })])
    await world.pass(10_000)
    expect(world.startsOf('a')).toHaveLength(1)
    expect(world.events.length).toBe(events)
  })

  test('L07 that brings a service back while it goes: it is started once, after its end', async () => {
    const world = await running({ services: [program('a')], lives: { a: { stopsWithin: 500 } } })
    await world.pass(1_000)
    await world.replace([])
    await world.pass(100)
    await world.replace([program('a')])
    await world.pass(10_000)
    expect(world.startsOf('a')).toEqual([0, 1_500])
    expect(world.status('a')).toMatchObject({ phase: 'running', incarnation: 2 })
    expect(toldOf(world, 'removed')).toEqual([])
  })

  test('L07 tries what had failed with the old one anew', async () => {
    const world = await running({
      services: [program('a')],
      lives: { a: (nth) => ({ spawnError: nth === 1 ? 'ENOENT' : null }) },
    })
    expect(world.status('a').phase).toBe('fatal')
    await world.replace([program('a', { command: ['/mended'] })])
    await world.pass(1_000)
    expect(world.status('a')).toMatchObject({ phase: 'running', failures: 0 })
  })

  test('L07 without a service that a killed guard had started: the next one stops it', async () => {
    const world = await running({ services: [program('a'), program('b')] })
    await world.pass(1_000)
    world.drop()
    world.again([program('b')])
    await world.pass(1_000)
    expect(world.pidsOf('a')).toEqual([])
    expect(idsOf(world)).toEqual(['b'])
  })
})

describe('scaling', () => {
  test('L08 5 to 2 to 7 while the third is in a back-off: seven live, each once', async () => {
    const world = await running({
      services: [program('w', { instances: 5, restart: { immediate: 0, delay: 1_000 } })],
      lives: { w: { stopsWithin: 100 } },
    })
    await world.pass(500)
    const kept = [1, 2].map((n) => world.pidsOf(`w@${n}`))
    world.leaderOf('w@3').end(CRASH)
    await world.pass(10)
    expect(world.status('w@3').phase).toBe('backoff')
    await world.guard.api.scale('w', 2, OPERATOR)
    expect(idsOf(world)).toEqual(['w@1', 'w@2'])
    await world.pass(10)
    await world.guard.api.scale('w', 7, OPERATOR)
    await world.pass(10_000)
    expect(idsOf(world)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => `w@${n}`))
    for (let n = 1; n <= 7; n += 1) {
      expect(world.status(`w@${n}`).phase).toBe('running')
      expect(world.pidsOf(`w@${n}`)).toHaveLength(1)
    }
    expect([1, 2].map((n) => world.pidsOf(`w@${n}`))).toEqual(kept)
    // The third at once, without its old delay; four and five when their old lives are over.
    expect([3, 4, 5, 6].map((n) => world.startsOf(`w@${n}`).at(-1))).toEqual([520, 610, 610, 520])
    expect(world.doubles).toEqual([])
  })

  test('L08 one that writes a file of its own stays one', async () => {
    const log = { ...PROGRAM_DEFAULTS.log, file: '/srv/w.log' }
    const world = await running({ services: [program('w', { log })] })
    const scaled = world.guard.api.scale('w', 2, OPERATOR)
    await expect(scaled).rejects.toThrow(/2 instances of w would write one file: \/srv\/w\.log/)
    expect(idsOf(world)).toEqual(['w'])
  })

  test('L08 lives are counted on when an instance comes back', async () => {
    const world = await running({ services: [program('w', { instances: 2 })] })
    await world.pass(100)
    await world.guard.api.scale('w', 1, OPERATOR)
    await world.pass(1_000)
    await world.guard.api.scale('w', 2, OPERATOR)
    await world.pass(1_000)
    expect(world.status('w@2').incarnation).toBe(2)
  })

  test('L08 down: those with the highest numbers go', async () => {
    const world = await running({ services: [program('w', { instances: 5 })] })
    await world.pass(100)
    const results = await world.guard.api.scale('w', 2, OPERATOR)
    expect(results.map(({ id }) => id)).toEqual(['w@3', 'w@4', 'w@5'])
    await world.pass(1_000)
    expect(idsOf(world)).toEqual(['w@1', 'w@2'])
  })
})

test('a service that comes back while only its second instance is on its way out has its first again', async () => {
  const world = await running({
    services: [program('web', { instances: 2 })],
    lives: { 'web@2': { stopsWithin: 1_000 } },
  })
  await world.pass(1_000)
  await world.replace([])
  await world.pass(100)
  await world.replace([program('web')])
  await world.pass(5_000)
  expect(world.pidsOf('web@1')).toHaveLength(1)
  expect(world.pidsOf('web@2')).toEqual([])
})
