import { describe, expect, test } from 'vitest'
import { program, running, scripted, type World } from '../../test/simulation/scripted.ts'
import type { VerbResult } from '../model/ports/guard-api.ts'
import { PROOF_OF_LIFE } from './outcome.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const
const HOUR = 3_600_000

const done = (results: readonly VerbResult[]): readonly boolean[] =>
  results.map((result) => result.done)
const now = (world: World): number => world.time.clock.monotonic()

describe('a stop', () => {
  test('L04 while it waits for a dependency is immediate, and no start happens afterwards', async () => {
    const world = await running({
      services: [program('db', { ready: NOTIFY }), program('api', { dependsOn: { db: 'ready' } })],
      lives: { db: { readyAfter: 500 } },
    })
    expect(world.status('api').phase).toBe('waiting')
    expect(done(await world.until(world.act('stop', 'api')))).toEqual([true])
    expect(now(world)).toBe(0)
    await world.pass(HOUR)
    expect(world.startsOf('api')).toEqual([])
    expect(world.status('api')).toMatchObject({ phase: 'stopped', want: { state: 'down' } })
  })

  test('L04 in a back-off is immediate, and no start happens afterwards', async () => {
    const world = await running({
      services: [program('a', { restart: { immediate: 0, delay: 1_000 } })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    await world.pass(10)
    expect(world.status('a')).toMatchObject({ phase: 'backoff', failures: 1 })
    await world.until(world.act('stop', 'a'))
    expect(now(world)).toBe(10)
    await world.pass(HOUR)
    expect(world.startsOf('a')).toEqual([0])
    expect(world.status('a')).toMatchObject({ phase: 'stopped', next: null })
  })

  test('L04 while it starts is as quick as its process, and no start happens afterwards', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY })],
      lives: { a: { readyAfter: 5_000, stopsWithin: 30 } },
    })
    await world.pass(100)
    const started = world.act('restart', 'a')
    await world.until(world.act('stop', 'a'))
    expect(now(world)).toBe(130)
    const [restarted] = await world.until(started)
    expect(restarted?.error?.message).toContain('it was stopped meanwhile')
    await world.pass(HOUR)
    expect(world.startsOf('a')).toEqual([0])
  })

  test('of several that waits for its turn gives way to a later start', async () => {
    const world = await running({
      services: [program('db'), program('api', { dependsOn: { db: 'started' } })],
      lives: { api: { stopsWithin: 300 } },
    })
    await world.pass(1_000)
    const stopped = world.act('stop', ['db', 'api'])
    await world.pass(100)
    expect(done(await world.until(world.act('start', 'db')))).toEqual([true])
    const [db, api] = await world.until(stopped)
    expect(api?.done).toBe(true)
    expect(db?.error).toMatchObject({ code: 'WITHDRAWN' })
    await world.pass(HOUR)
    expect(world.startsOf('db')).toHaveLength(1)
    expect(world.status('db')).toMatchObject({ phase: 'running', want: { state: 'up' } })
    expect(world.status('api').phase).toBe('stopped')
  })

  test('takes the declared steps in the declared time, and says who lives on', async () => {
    const world = await running({
      services: [program('a')],
      lives: { a: { ignoresTerm: true } },
    })
    await world.until(world.act('stop', 'a'))
    // SIGTERM, ten seconds, SIGKILL, and a millisecond to die.
    expect(now(world)).toBe(10_001)
    expect(world.status('a').lastExit).toMatchObject({
      exit: { kind: 'signal', signal: 'SIGKILL' },
      cause: 'stop',
    })
  })

  test('that is slow blocks no other verb', async () => {
    const world = await running({
      services: [program('slow'), program('quick')],
      lives: { slow: { ignoresTerm: true } },
    })
    await world.pass(1_000)
    const slow = world.act('stop', 'slow')
    expect(done(await world.until(world.act('restart', 'quick')))).toEqual([true])
    expect(done(await world.until(world.act('stop', 'quick')))).toEqual([true])
    expect(now(world)).toBeLessThan(1_300)
    expect(world.status('slow').phase).toBe('stopping')
    expect(done(await world.until(slow))).toEqual([true])
    expect(now(world)).toBe(11_001)
  })
})

describe('a start', () => {
  test('L05 during a stop is honoured once, after the old incarnation is gone', async () => {
    const world = await running({ services: [program('a')], lives: { a: { stopsWithin: 400 } } })
    await world.pass(1_000)
    const stopped = world.act('stop', 'a')
    await world.pass(100)
    const started = [1, 2, 3].map(() => world.act('start', 'a'))
    const results = await world.until(Promise.all(started))
    expect(results.flatMap(done)).toEqual([true, true, true])
    await world.pass(HOUR)
    expect(world.startsOf('a')).toEqual([0, 1_400])
    expect(world.doubles).toEqual([])
    // The stop came about too: what lives now was started afterwards.
    expect(done(await stopped)).toEqual([true])
  })

  test('L05 waits for what the old incarnation has left behind', async () => {
    const world = await running({
      services: [program('a')],
      lives: { a: { leaves: [{ ignoresTerm: true, endsAfter: 3_000 }] } },
    })
    await world.pass(1_000)
    void world.act('stop', 'a')
    await world.until(world.act('start', 'a'))
    // Five milliseconds to its end, three seconds to that of its child, looked for every twenty.
    expect(world.startsOf('a')).toEqual([0, 4_005])
    expect(world.doubles).toEqual([])
  })

  test('L12 is never refused by the limit, and resets it', async () => {
    const restart = { immediate: 9, limit: { count: 2, window: HOUR } }
    const world = await running({
      services: [program('a', { restart })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    await world.pass(1_000)
    expect(world.status('a')).toMatchObject({ phase: 'fatal', failures: 3, restarts: 2 })
    for (let round = 1; round <= 3; round += 1) {
      const [result] = await world.until(world.act('start', 'a'))
      expect(result?.error?.code).toBe('START_FAILED')
      await world.pass(1_000)
      expect(world.status('a')).toMatchObject({ phase: 'fatal', failures: 3, restarts: 2 })
      expect(world.startsOf('a')).toHaveLength(3 * (round + 1))
    }
  })

  test('L12 in a back-off is at once, and forgives', async () => {
    const world = await running({
      services: [program('a', { restart: { immediate: 0, delay: 60_000, maxDelay: 60_000 } })],
      lives: { a: (nth) => (nth === 1 ? { endsAfter: 10, exit: CRASH } : {}) },
    })
    await world.pass(100)
    await world.until(world.act('start', 'a'))
    expect(world.startsOf('a')).toEqual([0, 100])
    expect(world.status('a')).toMatchObject({ failures: 0, restarts: 0 })
    await world.pass(HOUR)
    expect(world.startsOf('a')).toHaveLength(2)
  })

  test('is done when it is ready, or has lived for a moment where it says nothing', async () => {
    const services = [
      program('says', { ready: NOTIFY, autostart: false }),
      program('mute', { autostart: false }),
    ]
    const world = await running({ services, lives: { says: { readyAfter: 700 } } })
    await world.until(world.act('start', 'mute'))
    expect(now(world)).toBe(PROOF_OF_LIFE)
    await world.until(world.act('start', 'says'))
    expect(now(world)).toBe(PROOF_OF_LIFE + 700)
  })
})

describe('restarts', () => {
  test('L06 fifty at once: one incarnation lives at every moment', async () => {
    const world = await running({ services: [program('a')], lives: { a: { stopsWithin: 50 } } })
    await world.pass(1_000)
    const asked: Promise<readonly VerbResult[]>[] = []
    for (let n = 0; n < 50; n += 1) {
      asked.push(world.act('restart', 'a'))
      await world.pass(7)
      expect(world.pidsOf('a').length).toBeLessThanOrEqual(1)
    }
    const results = await world.until(Promise.all(asked))
    expect(results.flatMap(done)).toEqual(Array.from({ length: 50 }, () => true))
    expect(world.doubles).toEqual([])
    expect(world.pidsOf('a')).toHaveLength(1)
  })

  test('L06 fifty in the same moment are one', async () => {
    const world = await running({ services: [program('a')] })
    await world.pass(1_000)
    await world.until(Promise.all(Array.from({ length: 50 }, () => world.act('restart', 'a'))))
    expect(world.startsOf('a')).toEqual([0, 1_005])
  })

  test('rolling: each is ready before the next is touched', async () => {
    const world = await running({
      services: [program('web', { ready: NOTIFY, instances: 3 })],
      lives: { web: { readyAfter: 100, stopsWithin: 20 } },
    })
    await world.pass(1_000)
    await world.until(world.act('restart', 'web', { rolling: true }))
    const starts = [1, 2, 3].map((n) => world.startsOf(`web@${n}`)[1])
    expect(starts).toEqual([1_020, 1_140, 1_260])
    expect(now(world)).toBe(1_360)
  })

  test('rolling: the first failure ends it, and the rest run on as they were', async () => {
    const world = await running({
      services: [program('web', { ready: NOTIFY, instances: 4, restart: { when: 'no' } })],
      lives: {
        'web@2': (nth) => (nth === 1 ? {} : { readyAfter: null, endsAfter: 30, exit: CRASH }),
      },
    })
    await world.pass(1_000)
    const before = [3, 4].map((n) => world.pidsOf(`web@${n}`))
    const results = await world.until(world.act('restart', 'web', { rolling: true }))
    expect(results.map(({ id, done: isDone }) => [id, isDone])).toEqual([
      ['web@1', true],
      ['web@2', false],
    ])
    expect([3, 4].map((n) => world.pidsOf(`web@${n}`))).toEqual(before)
  })
})

describe('a hold', () => {
  const db = program('db', { ready: NOTIFY })
  const api = program('api', { dependsOn: { db: 'ready' } })

  test('is undone by no dependent, group, configuration or new guard, but by an operator', async () => {
    const group = {
      name: 'g',
      services: ['db', 'api'],
      strategy: 'one_for_all',
      limit: null,
    } as const
    const world = await running({ services: [db, api], groups: [group] })
    await world.pass(1_000)
    await world.until(world.act('hold', 'db'))
    const held = (): void => {
      expect(world.status('db')).toMatchObject({ phase: 'stopped', want: { state: 'hold' } })
    }
    world.leaderOf('api').end(CRASH)
    await world.pass(1_000)
    held()
    await world.until(world.act('restart', 'api'))
    held()
    await world.until(world.replace([{ ...db, env: { A: '1' } }, api]))
    await world.pass(1_000)
    held()
    world.again()
    await world.pass(1_000)
    held()
    expect(done(await world.until(world.act('start', 'db')))).toEqual([true])
    expect(world.status('db').want.state).toBe('up')
  })
})

describe('a selection', () => {
  const services = [
    program('web-a', { labels: { tier: 'web', zone: 'x' } }),
    program('web-b', { labels: { tier: 'web', zone: 'y' }, instances: 2 }),
    program('db', { labels: { tier: 'data', zone: 'x' } }),
  ]
  const groups = [
    { name: 'all', services: ['db', 'web-b'], strategy: 'one_for_one', limit: null } as const,
  ]
  const world = scripted({ services, groups })
  world.again()

  test.each([
    [['db'], {}, ['db']],
    [['web-b'], {}, ['web-b@1', 'web-b@2']],
    [['web-b@2'], {}, ['web-b@2']],
    [['all'], {}, ['web-b@1', 'web-b@2', 'db']],
    [['web-*'], {}, ['web-a', 'web-b@1', 'web-b@2']],
    [['web-?@2'], {}, ['web-b@2']],
    [['db', 'db', 'all'], {}, ['web-b@1', 'web-b@2', 'db']],
    [[], {}, ['web-a', 'web-b@1', 'web-b@2', 'db']],
    [[], { tier: 'web' }, ['web-a', 'web-b@1', 'web-b@2']],
    [[], { tier: 'web', zone: 'x' }, ['web-a']],
    [['web-*'], { zone: 'y' }, ['web-b@1', 'web-b@2']],
    [['db'], { tier: 'web' }, []],
  ] as const)('of %j with %j is %j', (names, labels, ids) => {
    const { services: found } = world.guard.api.status({ names, labels })
    expect(found.map(({ id }) => id)).toEqual(ids)
  })

  test('of a name that nothing fits says what is near', () => {
    expect(() => world.guard.api.status({ names: ['web-c'] })).toThrow(/web-/)
    expect(() => world.guard.api.status({ names: ['nothing-*'] })).toThrow(
      expect.objectContaining({ code: 'NOT_INSTALLED' }),
    )
  })
})
