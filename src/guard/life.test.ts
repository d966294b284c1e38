import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import { program, running } from '../../test/simulation/scripted.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const
const FINE = { kind: 'code', code: 0 } as const
const HOUR = 3_600_000

describe('a program that crashes', () => {
  test('L01 at its start is started again after its declared delays, until its limit', async () => {
    const restart = {
      immediate: 1,
      delay: 100,
      factor: 3,
      maxDelay: 500,
      limit: { count: 5, window: 60_000 },
    }
    const world = await running({
      services: [program('a', { restart })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    await world.pass(HOUR)
    // Ten milliseconds of life each; delays of 0, 100, 300, 500 and 500.
    expect(world.startsOf('a')).toEqual([0, 10, 120, 430, 940, 1_450])
    expect(world.status('a')).toMatchObject({
      phase: 'fatal',
      failures: 6,
      restarts: 5,
      why: 'it failed more than 5 times in 60 s; the last time it ended with code 1',
    })
  })

  test('L01 tells while it waits when it is started again', async () => {
    const world = await running({
      services: [program('a', { restart: { immediate: 0, delay: 800 } })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    await world.pass(500)
    const at = new Date(world.time.clock.wall().getTime() + 310).toISOString()
    expect(world.status('a')).toMatchObject({ phase: 'backoff', next: { at, what: 'restart' } })
  })

  test('L11 in a loop that begins after an hour of health meets the same limit', async () => {
    const restart = { immediate: 1, delay: 100, limit: { count: 4, window: 60_000 } }
    const world = await running({
      services: [program('a', { restart })],
      lives: { a: (nth) => (nth === 1 ? {} : { endsAfter: 10, exit: CRASH }) },
    })
    await world.pass(HOUR)
    expect(world.status('a')).toMatchObject({ phase: 'running', failures: 0 })
    world.leaderOf('a').end(CRASH)
    await world.pass(HOUR)
    const starts = world.startsOf('a').map((at) => at - HOUR)
    expect(starts).toEqual([-HOUR, 0, 110, 320, 730])
    expect(world.status('a')).toMatchObject({ phase: 'fatal', failures: 5 })
  })

  test('L11 once an hour is started at once each time, for ever', async () => {
    const world = await running({
      services: [program('a', { restart: { limit: { count: 2, window: 60_000 } } })],
      lives: { a: { endsAfter: HOUR, exit: CRASH } },
    })
    await world.pass(100 * HOUR)
    expect(world.startsOf('a')).toEqual(Array.from({ length: 101 }, (_, n) => n * HOUR))
    expect(world.status('a')).toMatchObject({ phase: 'running', failures: 1, restarts: 100 })
  })

  test('L13 200 at once: their restarts are spread by the jitter', async () => {
    const random = seededRandom(13)
    const services = Array.from({ length: 200 }, (_, n) =>
      program(`p${n}`, { restart: { immediate: 0, delay: 10_000, jitter: 0.2 } }),
    )
    const world = await running({ services, random: () => random.below(1e9) / 1e9 })
    await world.pass(5_000)
    for (const { name } of services) world.leaderOf(name).end(CRASH)
    await world.pass(20_000)
    const delays = services.map(({ name }) => (world.startsOf(name)[1] ?? 0) - 5_000)
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(8_000)
    expect(Math.max(...delays)).toBeLessThanOrEqual(12_000)
    // Of twenty parts of the four seconds none is empty, and none has more than a sixth of them.
    const parts = Array.from(
      { length: 20 },
      (_, part) => delays.filter((delay) => Math.floor((delay - 8_000) / 200) === part).length,
    )
    expect(Math.min(...parts)).toBeGreaterThan(0)
    expect(Math.max(...parts)).toBeLessThan(34)
  })
})

describe('a program that ends with 0', () => {
  test('L02 in its start window: a job has succeeded', async () => {
    const world = await running({
      services: [program('job', { type: 'job' }), program('other')],
      lives: { job: { endsAfter: 100, exit: FINE } },
    })
    await world.pass(HOUR)
    expect(world.startsOf('job')).toEqual([0])
    expect(world.status('job')).toMatchObject({
      phase: 'exited',
      why: 'it has done its work',
      failures: 0,
    })
  })

  test('L02 in its start window: a service has failed', async () => {
    const world = await running({
      services: [program('a', { restart: { limit: { count: 2, window: 60_000 } } })],
      lives: { a: { endsAfter: 999, exit: FINE } },
    })
    await world.pass(HOUR)
    expect(world.startsOf('a')).toHaveLength(3)
    expect(world.status('a').phase).toBe('fatal')
  })

  test('L02 after its start window: a service has ended, and is left so', async () => {
    const world = await running({
      services: [program('a')],
      lives: { a: { endsAfter: 1_001, exit: FINE } },
    })
    await world.pass(HOUR)
    expect(world.startsOf('a')).toEqual([0])
    expect(world.status('a')).toMatchObject({ phase: 'exited', failures: 0 })
  })

  test('L02 before it was ready: it was never started, however long it lived', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, restart: { when: 'on-failure', immediate: 0 } })],
      lives: { a: { endsAfter: 5_000, exit: FINE, readyAfter: null } },
    })
    await world.pass(5_000)
    expect(world.status('a')).toMatchObject({ phase: 'backoff', failures: 1 })
  })
})

describe('a program that cannot be started', () => {
  test.each(['ENOENT', 'EACCES', 'ENOEXEC', 'ENOTDIR'])(
    'L03 %s is fatal at once, with what is wrong and what to do, and is not tried again',
    async (errno) => {
      const world = await running({
        services: [program('a', { restart: { when: 'always', immediate: 100, limit: null } })],
        lives: { a: { spawnError: errno } },
      })
      expect(world.status('a')).toMatchObject({ phase: 'fatal', pid: null })
      expect(world.status('a').why).toBe(`/a: ${errno}; mend it`)
      expect(world.status('a').lastExit?.exit).toEqual({ kind: 'spawn-error', errno })
      await world.pass(HOUR)
      expect(world.startsOf('a')).toEqual([0])
    },
  )

  test('L03 because the machine is short of something is tried again', async () => {
    const world = await running({
      services: [program('a', { restart: { immediate: 0, delay: 100 } })],
      lives: { a: (nth) => ({ spawnError: nth < 3 ? 'EAGAIN' : null }) },
    })
    await world.pass(HOUR)
    expect(world.startsOf('a')).toEqual([0, 100, 300])
    expect(world.status('a').phase).toBe('running')
  })
})

describe('in one tick', () => {
  test('L10 an exit and the stop timeout: it is stopped once, and told once', async () => {
    const world = await running({ services: [program('a')], lives: { a: { stopsWithin: 10_000 } } })
    await world.until(world.act('stop', 'a'))
    expect(world.time.clock.monotonic()).toBe(10_000)
    await world.pass(HOUR)
    expect(world.events.filter(({ type }) => type === 'exit')).toHaveLength(1)
    expect(world.status('a').phase).toBe('stopped')
  })

  test.each([true, false])(
    'L10 an exit and a failed probe, the exit first: %s: one failure, one start',
    async (exitFirst) => {
      const world = await running({ services: [program('a', { restart: { immediate: 0 } })] })
      await world.pass(5_000)
      const exit = (): void => world.leaderOf('a').end(CRASH)
      const probe = (): void => world.report('a').health(false, 'sick', 5_000)
      for (const happen of exitFirst ? [exit, probe] : [probe, exit]) happen()
      await world.pass(HOUR)
      expect(world.startsOf('a')).toEqual([0, 5_100])
      expect(world.events.filter(({ type }) => type === 'exit')).toHaveLength(1)
    },
  )

  test.each([true, false])(
    'L10 an exit and a reload, the exit first: %s: one start, nothing twice',
    async (exitFirst) => {
      const world = await running({ services: [program('a')] })
      await world.pass(5_000)
      const exit = (): void => world.leaderOf('a').end(CRASH)
      const reload = (): void => void world.act('reload', 'a')
      for (const happen of exitFirst ? [exit, reload] : [reload, exit]) happen()
      await world.pass(HOUR)
      expect(world.doubles).toEqual([])
      expect(world.status('a').phase).toBe('running')
      expect(world.startsOf('a')[1]).toBe(5_000)
    },
  )

  test('L14 the end of each life is told as it was: a code as a code, a signal as a signal', async () => {
    const exits = [
      { kind: 'code', code: 137 },
      { kind: 'signal', signal: 'SIGKILL' },
      { kind: 'code', code: 255 },
      { kind: 'signal', signal: 'SIGSEGV', coreDumped: true },
    ] as const
    const world = await running({ services: [program('a', { restart: { immediate: 9 } })] })
    for (const exit of exits) {
      world.leaderOf('a').end(exit)
      await world.pass(2_000)
    }
    const history = world.guard.api.history({ names: ['a'] })
    expect(history.map(({ exit }) => exit)).toEqual(exits.toReversed())
  })
})

test('a start of what is paused is told at once that it has to be resumed', async () => {
  const world = await running({ services: [program('a')] })
  await world.pass(1_000)
  await world.until(world.act('pause', 'a'))
  const before = world.time.clock.monotonic()
  const [started] = await world.until(world.act('start', 'a'))
  expect(started?.error).toMatchObject({
    code: 'TRANSITION_ILLEGAL',
    message: 'cannot start while paused; legal now: resume, restart, stop',
  })
  expect(world.time.clock.monotonic()).toBe(before)
  expect(world.status('a').phase).toBe('paused')
})
