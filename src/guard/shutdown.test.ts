import { describe, expect, test } from 'vitest'
import { program, running, type World } from '../../test/simulation/scripted.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const
const OPERATOR = { uid: 0, pid: null }
const MANY = 200

const down = (world: World): Promise<void> => world.guard.api.shutdown({ keep: false }, OPERATOR)

/** Ten layers of twenty; all of a layer need all of the one before. Every seventh hangs. */
function layers(): { services: ProgramSpec[]; hangs: (id: string) => boolean } {
  const layerOf = (n: number): number => Math.floor(n / 20)
  const services = Array.from({ length: MANY }, (_, n) =>
    program(`p${n}`, {
      dependsOn: Object.fromEntries(
        Array.from({ length: n < 20 ? 0 : 20 }, (_other, m) => [
          `p${(layerOf(n) - 1) * 20 + m}`,
          'ready' as const,
        ]),
      ),
    }),
  )
  return { services, hangs: (id) => Number(id.slice(1)) % 7 === 0 }
}

describe('the end of a guard', () => {
  const { services, hangs } = layers()
  const lives = Object.fromEntries(
    services.map(({ name }) => [name, { ignoresTerm: hangs(name), stopsWithin: 5 }]),
  )

  test(`T08 ${MANY} programs of which some hang: in order, in the time of their steps`, async () => {
    const world = await running({ services, lives })
    await world.pass(2_000)
    expect(services.every(({ name }) => world.status(name).phase === 'running')).toBe(true)
    const begun = world.time.clock.monotonic()
    await world.until(down(world))
    // Each of ten layers has one that hangs: ten seconds of patience, and a millisecond to die.
    expect(world.time.clock.monotonic() - begun).toBe(10 * 10_001)
    const ends = world.events.flatMap((event) => (event.type === 'exit' ? [event.id] : []))
    expect(ends).toHaveLength(MANY)
    const layersInOrder = ends.map((id) => Math.floor(Number(id.slice(1)) / 20))
    expect(layersInOrder).toEqual(layersInOrder.toSorted((a, b) => b - a))
    expect(await world.guard.ended).toEqual({ kept: false, failed: [] })
    expect(world.time.pending).toBe(0)
  })

  test('T08 is forced at any moment: nothing lives on, and it ends at once', async () => {
    const world = await running({ services, lives })
    await world.pass(2_000)
    const begun = world.time.clock.monotonic()
    const ended = down(world)
    await world.pass(3_000)
    world.guard.force()
    await world.until(ended)
    expect(world.time.clock.monotonic() - begun).toBeLessThanOrEqual(3_000 + 10)
    for (const { name } of services) expect(world.pidsOf(name)).toEqual([])
    for (const { name } of services) expect(world.startsOf(name)).toHaveLength(1)
  })

  test('T08 stops what waits and what is in a back-off at once: nothing starts meanwhile', async () => {
    const world = await running({
      services: [
        program('slow', { ready: NOTIFY }),
        program('waits', { dependsOn: { slow: 'ready' } }),
        program('failing', { restart: { immediate: 0, delay: 500 } }),
      ],
      lives: {
        slow: { readyAfter: 100, ignoresTerm: true },
        failing: { endsAfter: 10, exit: CRASH },
      },
    })
    await world.pass(50)
    await world.until(down(world))
    expect(world.time.clock.monotonic()).toBe(50 + 10_001)
    expect(world.startsOf('waits')).toEqual([])
    expect(world.startsOf('failing')).toEqual([0])
  })

  test('T08 what ends by itself before its turn came is not started again', async () => {
    const world = await running({
      services: [program('db'), program('api', { dependsOn: { db: 'ready' } })],
      lives: { api: { stopsWithin: 1_000 } },
    })
    await world.pass(5_000)
    const ended = down(world)
    await world.pass(100)
    world.leaderOf('db').end(CRASH)
    await world.until(ended)
    expect(world.startsOf('db')).toEqual([0])
    expect(world.time.clock.monotonic()).toBe(6_000)
  })

  test('T08 ends a rolling restart that is under way', async () => {
    const world = await running({ services: [program('a', { instances: 3 })] })
    await world.pass(1_000)
    const rolled = world.act('restart', 'a', { rolling: true })
    await world.pass(50)
    await world.until(down(world))
    const results = await rolled
    expect(results.map(({ done }) => done)).toEqual([false])
    expect([1, 2, 3].map((n) => world.startsOf(`a@${n}`).length)).toEqual([2, 1, 1])
  })

  test('T08 is asked for twice: both are answered by the same end', async () => {
    const world = await running({ services: [program('a')] })
    await world.until(Promise.all([down(world), down(world)]))
    const told = world.events.filter((e) => e.type === 'guard' && e.text === 'ended')
    expect(told).toHaveLength(1)
    await expect(world.act('start', 'a')).rejects.toMatchObject({ code: 'GUARD_ENDING' })
  })

  test('the next guard starts everything anew, whatever was stopped by hand', async () => {
    const world = await running({ services: [program('a'), program('b', { autostart: false })] })
    await world.until(world.act('stop', 'a'))
    await world.until(world.act('start', 'b'))
    await world.until(down(world))
    world.again()
    await world.pass(1_000)
    expect(world.status('a').phase).toBe('running')
    expect(world.status('b').phase).toBe('stopped')
  })
})

describe('what a guard says at its end of those that failed', () => {
  test('T09 nothing of those that were stopped, whatever signal that took', async () => {
    const world = await running({
      services: [program('a'), program('b'), program('job', { type: 'job' })],
      lives: { b: { ignoresTerm: true } },
    })
    await world.until(down(world))
    expect(await world.guard.ended).toEqual({ kept: false, failed: [] })
  })

  test('T09 names what is fatal, and a job that failed; not one that has done its work', async () => {
    const world = await running({
      services: [
        program('none'),
        program('good', { type: 'job' }),
        program('bad', { type: 'job', restart: { when: 'no' } }),
        program('runs'),
      ],
      lives: {
        none: { spawnError: 'ENOENT' },
        good: { endsAfter: 10 },
        bad: { endsAfter: 10, exit: CRASH },
      },
    })
    await world.pass(1_000)
    await world.until(down(world))
    expect(await world.guard.ended).toEqual({ kept: false, failed: ['none', 'bad'] })
  })

  test('T09 names what could not be ended', async () => {
    const stop = [
      { action: { kind: 'signal', signal: 'SIGTERM', to: 'leader' }, wait: 1_000 } as const,
    ]
    const world = await running({
      services: [program('a', { stop }), program('b', { stop })],
      lives: { a: { ignoresTerm: true } },
    })
    await world.until(down(world))
    expect(await world.guard.ended).toEqual({ kept: false, failed: ['a'] })
  })

  test('T09 with jobs alone it ends by itself when all of them have ended', async () => {
    const world = await running({
      services: [
        program('first', { type: 'job' }),
        program('second', { type: 'job', dependsOn: { first: 'succeeded' } }),
        program('bad', { type: 'job', restart: { when: 'no' } }),
      ],
      lives: {
        first: { endsAfter: 300 },
        second: { endsAfter: 300 },
        bad: { endsAfter: 10, exit: { kind: 'signal', signal: 'SIGSEGV' } },
      },
    })
    expect(await world.until(world.guard.ended)).toEqual({ kept: false, failed: ['bad'] })
    expect(world.time.clock.monotonic()).toBe(600)
  })
})
