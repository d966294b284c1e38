import { describe, expect, test } from 'vitest'
import { processorTime } from '../../test/fixtures/processor-time.ts'
import { program, running, scripted } from '../../test/simulation/scripted.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

const NOTIFY = { kind: 'notify' } as const
const DEEP = 1_000

/** Each needs the one before it to be ready. */
function chain(length: number): ProgramSpec[] {
  return Array.from({ length }, (_, n) =>
    program(`p${n}`, { ready: NOTIFY, dependsOn: n === 0 ? {} : { [`p${n - 1}`]: 'ready' } }),
  )
}

describe('a program that depends on another', () => {
  const db = program('db', { ready: NOTIFY })
  const api = program('api', { ready: NOTIFY, dependsOn: { db: 'ready' } })

  test('L09 starts when the other is ready, not before', async () => {
    const world = await running({ services: [api, db], lives: { db: { readyAfter: 300 } } })
    expect(world.status('api')).toMatchObject({
      phase: 'waiting',
      pid: null,
      why: 'it waits for db to be ready (it is starting)',
    })
    await world.pass(299)
    expect(world.startsOf('api')).toEqual([])
    await world.pass(1)
    expect(world.startsOf('api')).toEqual([300])
  })

  test.each([
    ['started', 0],
    ['ready', 40],
  ] as const)('L09 under the condition %s starts after %i ms', async (condition, after) => {
    const other = program('api', { dependsOn: { db: condition } })
    const world = await running({ services: [other, db], lives: { db: { readyAfter: 40 } } })
    await world.pass(1_000)
    expect(world.startsOf('api')).toEqual([after])
  })

  test.each([
    ['completed', 1, 1],
    ['completed', 0, 1],
    ['succeeded', 0, 1],
    ['succeeded', 1, 0],
  ] as const)(
    'L09 under %s and a code of %i is started %i times',
    async (condition, code, times) => {
      const migrate = program('db', { type: 'job', restart: { when: 'no' } })
      const other = program('api', { dependsOn: { db: condition } })
      const world = await running({
        services: [other, migrate],
        lives: { db: { endsAfter: 70, exit: { kind: 'code', code } } },
      })
      await world.pass(10_000)
      expect(world.startsOf('api')).toEqual(times === 0 ? [] : [70])
    },
  )

  test('L09 needs every instance of it', async () => {
    const several = program('db', { ready: NOTIFY, instances: 3 })
    const world = await running({
      services: [several, api],
      lives: { 'db@2': { readyAfter: 500 } },
    })
    await world.pass(499)
    expect(world.status('api').phase).toBe('waiting')
    await world.pass(1)
    expect(world.startsOf('api')).toEqual([500])
  })

  test('L09 that dies while it starts: it goes on, and its next start waits', async () => {
    const world = await running({
      services: [db, api],
      lives: { api: (nth) => ({ readyAfter: nth === 1 ? null : 10 }), db: { readyAfter: 100 } },
    })
    await world.pass(100)
    world.leaderOf('db').end({ kind: 'code', code: 1 })
    await world.pass(0)
    expect(world.status('api').phase).toBe('starting')
    world.leaderOf('api').end({ kind: 'code', code: 1 })
    await world.pass(0)
    expect(world.status('api').phase).toBe('waiting')
    await world.pass(10_000)
    expect(world.startsOf('api')).toEqual([100, 200])
    expect(world.status('api').phase).toBe('running')
  })

  test('L09 readiness that flaps: a program that runs is left alone, each change is told once', async () => {
    const world = await running({ services: [db, api] })
    await world.pass(100)
    for (let round = 0; round < 20; round += 1) {
      world.report('db').ready(false)
      world.report('db').ready(false)
      world.report('db').ready(true)
    }
    await world.pass(1_000)
    expect(world.startsOf('api')).toHaveLength(1)
    expect(world.startsOf('db')).toHaveLength(1)
    const told = world.events.flatMap((e) => (e.type === 'ready' && e.id === 'db' ? [e.ready] : []))
    expect(told).toEqual([true, ...Array.from({ length: 20 }, () => [false, true]).flat()])
  })

  test('L09 that is not ready at the moment delays a start, also one by hand', async () => {
    const world = await running({ services: [db, api] })
    await world.pass(100)
    world.report('db').ready(false)
    const restarted = world.act('restart', 'api')
    await world.pass(1_000)
    expect(world.status('api')).toMatchObject({
      phase: 'waiting',
      why: 'it waits for db to be ready (it is running)',
    })
    world.report('db').ready(true)
    expect((await world.until(restarted))[0]?.done).toBe(true)
  })
})

describe('a dependency that will not be met', () => {
  const broken = program('db', { ready: NOTIFY, autostart: false })
  const fatal = { db: { spawnError: 'ENOENT' } }
  const api = program('api', { autostart: false, dependsOn: { db: 'ready' } })

  test('L09 is told at once by a start, not after its time is over', async () => {
    const world = await running({ services: [broken, api], lives: fatal })
    const [result] = await world.until(world.act('start', 'api'))
    expect(result?.error?.code).toBe('START_FAILED')
    expect(result?.error?.message).toContain('db to be ready (it is fatal)')
    expect(world.time.clock.monotonic()).toBe(0)
    expect(world.status('api')).toMatchObject({ phase: 'waiting', want: { state: 'up' } })
  })

  test('L09 is told through any number of others, and when it becomes so later', async () => {
    const web = program('web', { autostart: false, dependsOn: { api: 'ready' } })
    const world = await running({
      services: [broken, api, web],
      lives: { db: { readyAfter: null, endsAfter: 400, exit: { kind: 'code', code: 1 } } },
    })
    await world.replace([{ ...broken, restart: { ...broken.restart, when: 'no' } }, api, web])
    const [result] = await world.until(world.act('start', 'web'))
    expect(result?.error?.message).toContain('api to be ready (it is waiting in vain)')
    expect(world.time.clock.monotonic()).toBe(400)
  })

  test('L09 is no reason to give up: it starts when the dependency is mended', async () => {
    const world = await running({
      services: [broken, api],
      lives: { db: (nth) => ({ spawnError: nth === 1 ? 'ENOENT' : null }) },
    })
    await world.until(world.act('start', 'api'))
    await world.until(world.act('start', 'db'))
    await world.pass(0)
    expect(world.status('api').phase).toBe('running')
  })

  test('L09 that is asked for together with its dependent is waited for', async () => {
    const world = await running({ services: [api, broken] })
    const results = await world.until(world.act('start', ['api', 'db']))
    expect(results.map(({ done }) => done)).toEqual([true, true])
  })

  test('L09 of an unknown name, of itself and in a cycle waits and hangs nothing', async () => {
    const world = await running({
      services: [
        program('a', { dependsOn: { nobody: 'started' } }),
        program('b', { dependsOn: { b: 'started' } }),
        program('c', { dependsOn: { d: 'started' } }),
        program('d', { dependsOn: { c: 'started' } }),
      ],
    })
    await world.pass(60_000)
    expect(world.status('a').why).toBe('it waits for nobody, which does not exist')
    for (const id of ['b', 'c', 'd']) expect(world.status(id).phase).toBe('waiting')
    const [result] = await world.until(world.act('restart', 'a'))
    expect(result?.error?.code).toBe('START_FAILED')
    await world.until(world.act('stop', ['a', 'b', 'c', 'd']))
    for (const id of ['a', 'b', 'c', 'd']) expect(world.status(id).phase).toBe('stopped')
  })
})

describe('a chain', () => {
  test(`L09 ${DEEP} deep starts in order and stops in the opposite one, quickly`, async () => {
    const before = processorTime()
    const world = scripted({ services: chain(DEEP) })
    world.again()
    await world.pass(DEEP * 10)
    const starts = Array.from({ length: DEEP }, (_, n) => world.startsOf(`p${n}`))
    expect(starts).toEqual(Array.from({ length: DEEP }, (_, n) => [n * 10]))
    const begun = world.time.clock.monotonic()
    await world.until(world.guard.api.shutdown({ keep: false }, { uid: 0, pid: null }))
    expect(world.time.clock.monotonic() - begun).toBe(DEEP * 5)
    const ends = world.events.flatMap((event) => (event.type === 'exit' ? [event.id] : []))
    expect(ends).toEqual(Array.from({ length: DEEP }, (_, n) => `p${DEEP - 1 - n}`))
    expect(processorTime() - before).toBeLessThan(10_000)
  })

  test(`L09 ${DEEP} deep is started by hand at its end alone`, async () => {
    const before = processorTime()
    const services = chain(DEEP).map((spec) => ({ ...spec, autostart: false }))
    const world = await running({ services })
    const [result] = await world.until(world.act('start', `p${DEEP - 1}`))
    expect(result?.done).toBe(true)
    expect(world.time.clock.monotonic()).toBe(DEEP * 10)
    expect(processorTime() - before).toBeLessThan(10_000)
  })
})
