import { describe, expect, test } from 'vitest'
import { LIFE, NOW, next, POLICY, stateIn } from '../../test/simulation/cells.ts'
import { program, running } from '../../test/simulation/scripted.ts'
import { transition } from './transition.ts'

const NOTIFY = { kind: 'notify' } as const
const FINE = { kind: 'code', code: 0 } as const
const CRASH = { kind: 'code', code: 1 } as const
const RELOAD = { kind: 'signal', signal: 'SIGHUP' } as const
const STOP = [
  { action: { kind: 'signal', signal: 'SIGTERM', to: 'leader' }, wait: 1_000 },
  { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' }, wait: 500 },
] as const

describe('a program that asks for more time', () => {
  test('S02 is given it at its start, from the moment that it asks', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, startTimeout: 1_000, startSeconds: 0 })],
      lives: { a: { readyAfter: null } },
    })
    await world.pass(900)
    world.report('a').said({ type: 'extend', within: 2_000 })
    await world.pass(1_900)
    expect(world.status('a').phase).toBe('starting')
    world.report('a').said({ type: 'extend', within: 2_000 })
    await world.pass(1_900)
    world.report('a').ready(true)
    await world.pass(60_000)
    expect(world.status('a').phase).toBe('running')
  })

  test('is not given less than was declared, and is stopped when that is over too', async () => {
    const world = await running({
      services: [program('a', { ready: NOTIFY, startTimeout: 1_000, restart: { when: 'no' } })],
      lives: { a: { readyAfter: null, stopsWithin: 0 } },
    })
    world.report('a').said({ type: 'extend', within: 10 })
    await world.pass(999)
    expect(world.status('a').phase).toBe('starting')
    world.report('a').said({ type: 'extend', within: 500 })
    await world.pass(499)
    expect(world.status('a').phase).toBe('starting')
    await world.pass(10)
    expect(world.status('a').lastExit?.cause).toBe('start-timeout')
  })

  test('is given it in its stop, and whoever asked for the stop waits', async () => {
    const world = await running({
      services: [program('a', { stop: STOP })],
      lives: { a: { ignoresTerm: true } },
    })
    const stopped = world.act('stop', 'a')
    await world.pass(900)
    world.report('a').said({ type: 'extend', within: 60_000 })
    await world.pass(59_900)
    expect(world.status('a').phase).toBe('stopping')
    world.leaderOf('a').end(FINE)
    expect(await world.until(stopped)).toMatchObject([{ done: true }])
    expect(world.status('a').lastExit).toMatchObject({ exit: FINE, cause: 'stop' })
  })

  test('is not given a year by one word', () => {
    const state = stateIn('starting', {
      pid: 77,
      deadline: { declared: NOW.now, extended: NOW.now },
    })
    const event = { type: 'extend', incarnation: LIFE, within: 1e12 } as const
    const { effects } = transition(state, event, POLICY, NOW)
    expect(effects).toMatchObject([{ type: 'timer', timer: 'start', after: 86_400_000 }])
  })
})

describe('a program that reloads', () => {
  const services = [program('a', { ready: NOTIFY, reload: RELOAD, startTimeout: 5_000 })]

  test('is shown so, and the verb waits until it has done it', async () => {
    const world = await running({ services })
    await world.pass(10)
    let isDone = false
    const reloaded = world.act('reload', 'a').then(([result]) => {
      isDone = true
      return result
    })
    await world.pass(500)
    const since = world.time.clock.monotonic()
    world.report('a').said({ type: 'reloading', since })
    await world.pass(3_000)
    expect(world.status('a')).toMatchObject({
      phase: 'running',
      reloading: true,
      why: 'it reads its configuration anew',
    })
    expect(isDone).toBe(false)
    world.report('a').said({ type: 'reloaded' })
    expect(await world.until(reloaded)).toMatchObject({ done: true })
    expect(world.status('a')).not.toHaveProperty('reloading')
  })

  test('and says nothing of it is not waited for long', async () => {
    const world = await running({ services })
    await world.pass(10)
    const reloaded = world.act('reload', 'a')
    await world.pass(1_000)
    expect(await reloaded).toMatchObject([{ done: true }])
  })

  test('and does not come to an end serves on, and whoever asked is told', async () => {
    const world = await running({ services })
    await world.pass(10)
    const reloaded = world.act('reload', 'a')
    await world.pass(1)
    world.report('a').said({ type: 'reloading', since: world.time.clock.monotonic() })
    await world.pass(6_000)
    expect(await reloaded).toMatchObject([{ done: false, error: { code: 'VERB_TIMEOUT' } }])
    expect(world.status('a')).toMatchObject({ phase: 'running', reloading: true })
  })

  test('a word about an earlier reload does not count for a later one', () => {
    const asked = stateIn('running', { reload: { state: 'asked', since: 99_000 } })
    const said = (since: number) => ({ type: 'reloading', incarnation: LIFE, since }) as const
    expect(next(asked, said(98_000)).reload?.state).toBe('asked')
    expect(next(asked, { type: 'reloaded', incarnation: LIFE }).reload?.state).toBe('asked')
    expect(next(asked, said(99_500)).reload?.state).toBe('begun')
  })

  test('L10 and ends meanwhile: the verb says so', async () => {
    const world = await running({ services })
    await world.pass(10)
    const reloaded = world.act('reload', 'a')
    await world.pass(1)
    world.leaderOf('a').end(CRASH)
    await world.pass(10_000)
    expect(await reloaded).toMatchObject([{ done: false, error: { code: 'NOT_RUNNING' } }])
  })
})

describe('a program that says that it is ending', () => {
  const restart = { when: 'on-failure', limit: { count: 1, window: 60_000 } } as const

  test('and ends with 0 has not failed, however soon', async () => {
    const world = await running({ services: [program('a', { restart })] })
    await world.pass(10)
    world.report('a').said({ type: 'ending' })
    await world.pass(10)
    expect(world.status('a')).toMatchObject({ phase: 'stopping', ready: false })
    world.leaderOf('a').end(FINE)
    await world.pass(0)
    expect(world.status('a')).toMatchObject({
      phase: 'exited',
      failures: 0,
      lastExit: { cause: 'itself' },
    })
  })

  test('and ends with another code is for the restart policy', async () => {
    const world = await running({ services: [program('a', { restart })] })
    await world.pass(10)
    world.report('a').said({ type: 'ending' })
    world.leaderOf('a').end(CRASH)
    await world.pass(10)
    expect(world.status('a')).toMatchObject({ phase: 'running', failures: 1, restarts: 1 })
  })

  test('and does not end is ended, after what all steps of a stop may take', async () => {
    const world = await running({
      services: [program('a', { stop: STOP, restart: { when: 'no' } })],
      lives: { a: { stopsWithin: 0 } },
    })
    world.report('a').said({ type: 'ending' })
    await world.pass(1_499)
    expect(world.status('a').pid).not.toBe(null)
    await world.pass(10)
    expect(world.status('a')).toMatchObject({
      phase: 'exited',
      lastExit: { exit: { kind: 'signal', signal: 'SIGTERM' } },
    })
  })

  test('L05 is started again afterwards, where that was asked meanwhile', async () => {
    const world = await running({ services: [program('a', { restart: { when: 'no' } })] })
    world.report('a').said({ type: 'ending' })
    const started = world.act('restart', 'a')
    world.leaderOf('a').end(FINE)
    expect(await world.until(started)).toMatchObject([{ done: true, status: { phase: 'running' } }])
  })
})

describe('a program that names another process of its tree', () => {
  test('is that one from then on: its end counts, and the end of the first does not', async () => {
    const world = await running({ services: [program('a', { startSeconds: 0 })] })
    await world.pass(10)
    const first = world.leaderOf('a')
    const main = first.fork()
    const { pid } = main.identity
    world.report('a').said({ type: 'main', pid, speaker: pid })
    first.end(CRASH)
    await world.pass(100)
    expect(world.status('a')).toMatchObject({ phase: 'running', pid, restarts: 0 })
    world.drop()
    expect(world.again()).toBe(1)
    expect(world.status('a')).toMatchObject({ phase: 'running', pid })
    world.leaderOf('a').end(CRASH)
    await world.pass(1_000)
    expect(world.status('a')).toMatchObject({ phase: 'running', restarts: 1 })
    expect(world.doubles).toEqual([])
  })

  test('and names one of another tree stays what it is', async () => {
    const world = await running({ services: [program('a'), program('b')] })
    await world.pass(10)
    const [a, b] = [world.leaderOf('a').identity.pid, world.leaderOf('b').identity.pid]
    world.report('a').said({ type: 'main', pid: b, speaker: b })
    world.leaderOf('b').end(CRASH)
    await world.pass(10)
    expect(world.status('a')).toMatchObject({ phase: 'running', pid: a })
  })
})
