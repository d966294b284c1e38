import { describe, expect, test } from 'vitest'
import {
  program,
  running,
  type Script,
  scripted,
  type World,
} from '../../test/simulation/scripted.ts'
import type { WantFact } from '../model/guard-status.ts'

const NOTIFY = { kind: 'notify' } as const
const CRASH = { kind: 'code', code: 1 } as const

const SERVICES = [
  program('db', { ready: NOTIFY }),
  program('api', { dependsOn: { db: 'ready' }, ready: NOTIFY, instances: 2 }),
  program('worker', { restart: { immediate: 0, delay: 50 } }),
  program('idle', { autostart: false }),
]
const IDS = ['db', 'api@1', 'api@2', 'worker', 'idle']

/** What an operator does to the guard, step by step; what each asks of whom. */
const STEPS: readonly {
  readonly asks: Readonly<Record<string, WantFact['state']>>
  readonly touches: readonly string[]
  readonly act: (world: World) => void
}[] = [
  {
    asks: { idle: 'up' },
    touches: ['idle'],
    act: (world) => void world.act('start', 'idle'),
  },
  {
    asks: { worker: 'down' },
    touches: ['worker'],
    act: (world) => void world.act('stop', 'worker'),
  },
  {
    asks: { worker: 'up' },
    touches: ['worker'],
    act: (world) => void world.act('start', 'worker'),
  },
  {
    asks: {},
    touches: ['db'],
    act: (world) => world.leaderOf('db').end(CRASH),
  },
  {
    asks: {},
    touches: ['api@1', 'api@2'],
    act: (world) => void world.act('restart', 'api', { rolling: true }),
  },
  {
    asks: { idle: 'hold' },
    touches: ['idle'],
    act: (world) => void world.act('hold', 'idle'),
  },
  {
    asks: {},
    touches: ['worker'],
    act: (world) => world.leaderOf('worker').end(CRASH),
  },
]

type Wants = Record<string, WantFact['state']>
type Pids = Record<string, readonly number[]>

/** Plays the steps, and looks after each that nothing is there twice, lost, or as nobody wanted it. */
async function playSteps(script: Script): Promise<World> {
  const world = scripted(script)
  const restart = async (): Promise<void> => {
    if (!world.isDropped) return
    world.again()
    await world.pass(60_000)
  }
  world.again()
  await world.pass(2_000)
  const before: Wants = { db: 'up', 'api@1': 'up', 'api@2': 'up', worker: 'up', idle: 'down' }
  await restart()
  lookAt(world, before, before)
  for (const { act, asks, touches } of STEPS) {
    const pids: Pids = Object.fromEntries(IDS.map((id) => [id, world.pidsOf(id)]))
    act(world)
    await world.pass(2_000)
    const wasDropped = world.isDropped
    await restart()
    lookAt(world, before, { ...before, ...asks })
    for (const id of IDS) {
      if (!touches.includes(id)) expect(world.pidsOf(id), `${id} is left alone`).toEqual(pids[id])
    }
    // What was asked in the moment of the guard's death may be lost with it: it is asked again.
    if (wasDropped && Object.keys(asks).length > 0) {
      act(world)
      await world.pass(2_000)
    }
    Object.assign(before, asks)
    lookAt(world, before, before)
  }
  return world
}

function lookAt(world: World, before: Wants, after: Wants): void {
  expect(world.doubles).toEqual([])
  for (const id of IDS) {
    const { want, phase } = world.status(id)
    expect([before[id], after[id]], `want of ${id}`).toContain(want.state)
    const isUp = want.state === 'up'
    expect(world.pidsOf(id), `${id} is ${phase} and wanted ${want.state}`).toHaveLength(
      isUp ? 1 : 0,
    )
    expect(phase).toBe(isUp ? 'running' : 'stopped')
  }
}

describe('a guard that is killed', () => {
  test('T02 after any of its deeds: no duplicate, no lost program, wanted state kept', {
    timeout: 30_000,
  }, async () => {
    const whole = await playSteps({ services: SERVICES })
    expect(whole.deeds).toBeGreaterThanOrEqual(20)
    for (let dropAfter = 1; dropAfter <= whole.deeds; dropAfter += 1) {
      try {
        await playSteps({ services: SERVICES, dropAfter })
      } catch (error) {
        const { message } = error as Error
        throw new Error(`killed after deed ${dropAfter}: ${message}`, { cause: error })
      }
    }
  })

  test('T02 at its first start, once after every deed: each program is started once', async () => {
    const whole = scripted({ services: SERVICES })
    whole.again()
    await whole.pass(2_000)
    for (let dropAfter = 1; dropAfter <= whole.deeds; dropAfter += 1) {
      const world = scripted({ services: SERVICES, dropAfter })
      world.again()
      await world.pass(2_000)
      world.again()
      await world.pass(2_000)
      for (const id of IDS.slice(0, 4)) {
        expect(world.startsOf(id), `${id} after deed ${dropAfter}`).toHaveLength(1)
      }
    }
  })

  test('T02 while a program crashes: its end is known as unknown, and it is started again', async () => {
    const world = await running({ services: [program('a')] })
    await world.pass(5_000)
    world.drop()
    world.leaderOf('a').end({ kind: 'signal', signal: 'SIGSEGV' })
    expect(world.again()).toBe(0)
    await world.pass(1_000)
    expect(world.status('a')).toMatchObject({ phase: 'running', incarnation: 2 })
    expect(world.status('a').lastExit).toMatchObject({ exit: { kind: 'unknown' }, cause: 'lost' })
  })

  test('T02 while a job ran to its end: it is lost, and not run again by itself', async () => {
    const world = await running({ services: [program('job', { type: 'job' }), program('a')] })
    world.drop()
    world.leaderOf('job').end({ kind: 'code', code: 0 })
    world.again()
    await world.pass(60_000)
    expect(world.status('job')).toMatchObject({ phase: 'lost', incarnation: 1 })
    expect((await world.until(world.act('start', 'job')))[0]?.done).toBe(true)
  })

  test('T02 in a stop: the stop is gone on with, and nothing is started', async () => {
    const world = await running({ services: [program('a')], lives: { a: { stopsWithin: 900 } } })
    void world.act('stop', 'a')
    await world.pass(100)
    world.drop()
    world.again()
    await world.pass(5_000)
    expect(world.status('a')).toMatchObject({ phase: 'stopped', want: { state: 'down' } })
    expect(world.startsOf('a')).toHaveLength(1)
  })

  test('T02 while it ends: the next one starts what is to run, as after a whole end', async () => {
    const services = [program('db'), program('api', { dependsOn: { db: 'ready' } })]
    const idle = program('idle', { autostart: false })
    const world = await running({
      services: [...services, idle],
      lives: { api: { stopsWithin: 5_000 }, idle: { stopsWithin: 5_000 } },
    })
    await world.until(world.act('start', 'idle'))
    void world.guard.api.shutdown({ keep: false }, { uid: 0, pid: null })
    await world.pass(100)
    world.drop()
    world.again()
    await world.pass(60_000)
    for (const id of ['db', 'api']) expect(world.status(id).phase, id).toBe('running')
    expect(world.status('idle')).toMatchObject({ phase: 'stopped', pid: null })
    expect(world.doubles).toEqual([])
  })

  test('T02 in a back-off, over and over: the failures are counted on, up to the limit', async () => {
    const settings = { immediate: 0, delay: 100, limit: { count: 4, window: 60_000 } }
    const world = await running({
      services: [program('a', { restart: settings })],
      lives: { a: { endsAfter: 10, exit: CRASH } },
    })
    for (let n = 1; n <= 4; n += 1) {
      await world.pass(20)
      expect(world.status('a')).toMatchObject({ phase: 'backoff', failures: n })
      world.drop()
      world.again()
    }
    await world.pass(20)
    expect(world.status('a')).toMatchObject({ phase: 'fatal', failures: 5 })
    world.drop()
    world.again()
    await world.pass(60_000)
    expect(world.status('a').phase).toBe('fatal')
    expect(world.startsOf('a')).toHaveLength(5)
  })

  test('L11 T02 what failed before the window began is forgiven by the next guard too', async () => {
    const settings = { immediate: 0, delay: 100, limit: { count: 1, window: 10_000 } }
    const world = await running({ services: [program('a', { restart: settings })] })
    world.leaderOf('a').end(CRASH)
    await world.pass(5_000)
    world.drop()
    await world.pass(5_001)
    world.again()
    world.leaderOf('a').end({ kind: 'code', code: 2 })
    await world.pass(5_000)
    expect(world.status('a')).toMatchObject({ phase: 'running', failures: 1 })
  })
})

describe('a fault', () => {
  test('is measured: from when it was until it was known, and until it was mended', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY })],
      lives: { a: { readyAfter: 200, stopsWithin: 30 } },
    })
    await world.pass(5_000)
    world.report('a').fault('heartbeat', 'no beat', world.time.clock.monotonic() - 1_500)
    await world.pass(1_000)
    const recovery = { cause: 'heartbeat', detection: 1_500, recovery: 1_500 + 30 + 200 }
    expect(world.status('a').recovery).toMatchObject(recovery)
    const told = world.events.filter(({ type }) => type === 'recovered')
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject(recovery)
  })

  test('that is a crash is known at once; its recovery has the delay and the start in it', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, restart: { immediate: 0, delay: 400 } })],
      lives: { a: { readyAfter: 50 } },
    })
    await world.pass(5_000)
    world.leaderOf('a').end({ kind: 'signal', signal: 'SIGSEGV' })
    await world.pass(5_000)
    expect(world.status('a').recovery).toMatchObject({
      cause: 'itself',
      detection: 0,
      recovery: 450,
    })
  })

  test('is forgotten by a stop: the start of another day recovers from nothing', async () => {
    const world = await running({ services: [program('a', { restart: { immediate: 0 } })] })
    await world.pass(5_000)
    world.leaderOf('a').end(CRASH)
    await world.until(world.act('stop', 'a'))
    await world.pass(86_400_000)
    await world.until(world.act('start', 'a'))
    expect(world.status('a').recovery).toBeNull()
  })
})
