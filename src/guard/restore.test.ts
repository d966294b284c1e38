import { describe, expect, test } from 'vitest'
import { program, running, type World } from '../../test/simulation/scripted.ts'

const NOTIFY = { kind: 'notify' } as const
const OPERATOR = { uid: 0, pid: null }
const CRASH = { kind: 'code', code: 1 } as const

describe('a guard that is upgraded', () => {
  test('T03 with its programs kept under load: pids and incarnations are unchanged', async () => {
    const services = Array.from({ length: 50 }, (_, n) =>
      program(`p${n}`, { ready: NOTIFY, instances: 1 + (n % 3) }),
    )
    const world = await running({ services })
    await world.pass(1_000)
    const facts = () =>
      world.guard.api
        .status({ names: [] })
        .services.map(({ id, pid, incarnation, phase, startedAt }) => [
          id,
          pid,
          incarnation,
          phase,
          startedAt,
        ])
    const before = facts()
    for (let round = 0; round < 5; round += 1) {
      const ended = world.guard.ended
      await world.until(world.guard.api.shutdown({ keep: true }, OPERATOR))
      expect(await ended).toEqual({ kept: true, failed: [] })
      expect(world.again()).toBe(99)
      await world.pass(1_000)
      expect(facts()).toEqual(before)
    }
    expect(world.doubles).toEqual([])
  })

  test('a program that is paused stays so, and is shown so, until it is resumed', async () => {
    const world = await running({ services: [program('a'), program('b', { ready: NOTIFY })] })
    await world.pass(1_000)
    await world.until(world.act('pause', ['a', 'b']))
    world.drop()
    expect(world.again()).toBe(2)
    await world.pass(200_000)
    expect([world.status('a').phase, world.status('b').phase]).toEqual(['paused', 'paused'])
    await world.until(world.act('resume', ['a', 'b']))
    expect([world.status('a').phase, world.status('b').phase]).toEqual(['running', 'running'])
    expect(world.startsOf('a')).toHaveLength(1)
  })

  test('T03 in a back-off, while one starts and while one stops: each goes on', async () => {
    const world = await running({
      services: [
        program('failing', { restart: { immediate: 0, delay: 5_000 } }),
        program('slow', { ready: NOTIFY }),
        program('going'),
      ],
      lives: {
        failing: (nth) => (nth === 1 ? { endsAfter: 10, exit: CRASH } : {}),
        slow: { readyAfter: 10_000 },
        going: { stopsWithin: 800 },
      },
    })
    void world.act('stop', 'going')
    await world.pass(100)
    const slow = world.pidsOf('slow')
    await world.until(world.guard.api.shutdown({ keep: true }, OPERATOR))
    world.again()
    await world.pass(3_000)
    expect(world.status('failing').phase).toBe('running')
    expect(world.status('going').phase).toBe('stopped')
    expect(world.pidsOf('slow')).toEqual(slow)
    expect(world.doubles).toEqual([])
  })
})

const SEVERAL = [
  program('db', { ready: NOTIFY }),
  program('api', { dependsOn: { db: 'ready' }, ready: NOTIFY, instances: 2 }),
  program('idle', { autostart: false }),
]

describe('the time of day', () => {
  test.each([86_400_000, -86_400_000])('T01 jumps by %i ms: no timer misfires', async (jump) => {
    const play = async (by: number): Promise<World> => {
      const world = await running({
        services: [program('a', { restart: { immediate: 0, delay: 1_000 } })],
        lives: { a: (nth) => (nth < 4 ? { endsAfter: 500, exit: CRASH } : {}) },
      })
      for (let n = 0; n < 8; n += 1) {
        await world.pass(600)
        world.time.jump(by)
      }
      await world.pass(20_000)
      return world
    }
    const [still, jumped] = [await play(0), await play(jump)]
    expect(still.startsOf('a')).toEqual([0, 1_500, 4_000, 8_500])
    expect(jumped.startsOf('a')).toEqual(still.startsOf('a'))
    expect(jumped.status('a')).toMatchObject({ failures: 3, phase: 'running' })
    expect(jumped.status('a').lastExit?.lived).toBe(500)
  })

  test('T01 jumps while no guard is there: programs are taken on all the same', async () => {
    for (const jump of [86_400_000, -86_400_000]) {
      const world = await running({ services: SEVERAL })
      await world.pass(2_000)
      const pids = ['db', 'api@1', 'api@2', 'idle'].map((id) => world.pidsOf(id))
      world.drop()
      world.time.jump(jump)
      expect(world.again()).toBe(3)
      await world.pass(60_000)
      expect(['db', 'api@1', 'api@2', 'idle'].map((id) => world.pidsOf(id))).toEqual(pids)
    }
  })
})

describe('what an earlier guard has removed', () => {
  test.each([
    ['a service', [program('a')], [program('a'), program('b')]],
    ['an instance', [program('a')], [program('a', { instances: 2 })]],
  ])('and the file of the next one has again is started: %s', async (_what, fewer, more) => {
    const world = await running({ services: more })
    await world.pass(1_000)
    await world.replace(fewer)
    await world.pass(1_000)
    world.drop()
    world.again(more)
    await world.pass(1_000)
    const phases = world.guard.api.status({ names: [] }).services.map(({ phase }) => phase)
    expect(phases).toEqual(['running', 'running'])
  })

  test('is started after its end too where the guard was killed before that', async () => {
    const both = [program('a'), program('b')]
    const world = await running({ services: both, lives: { b: { stopsWithin: 500 } } })
    await world.pass(1_000)
    await world.replace([program('a')])
    await world.pass(100)
    world.drop()
    world.again(both)
    await world.pass(2_000)
    expect(world.status('b')).toMatchObject({ phase: 'running', incarnation: 2 })
    expect(world.doubles).toEqual([])
  })
})
