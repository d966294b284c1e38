import { describe, expect, test } from 'vitest'
import { LOOK_TAKES, program, running } from '../../test/simulation/scripted.ts'
import type { Need } from '../model/program-needs.ts'

const DB: Need = { kind: 'tcp', host: 'db', port: 5432, timeout: 2_000 }
const TOKEN: Need = { kind: 'file', path: '/run/token', timeout: 2_000 }
const CRASH = { kind: 'code', code: 1 } as const
const MINUTE = 60_000
const never = (): readonly string[] => ['tcp db:5432', 'file /run/token']
const after = (tries: number) => (nth: number) => (nth > tries ? [] : ['tcp db:5432'])

describe('a service that needs something', () => {
  test('starts when a look has found all of it', async () => {
    const world = await running({ services: [program('a', { needs: [DB, TOKEN] })] })
    expect(world.status('a')).toMatchObject({
      phase: 'waiting',
      why: 'it looks for tcp db:5432 and file /run/token',
      next: null,
    })
    await world.pass(LOOK_TAKES)
    expect(world.status('a').phase).toBe('running')
    expect(world.startsOf('a')).toEqual([LOOK_TAKES])
  })

  test('looks again after 250 ms, then after twice as long each time, 10 s at most', async () => {
    const world = await running({
      services: [program('a', { needs: [DB], needsTimeout: null })],
      looks: { a: after(8) },
    })
    await world.pass(10 * MINUTE)
    const pauses = [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    const sum = pauses.reduce((all, one) => all + one + LOOK_TAKES, LOOK_TAKES)
    expect(world.startsOf('a')).toEqual([sum])
    expect(world.looksOf('a')).toBe(9)
  })

  test('says what is missing, how the last try failed, and when the next one is', async () => {
    const world = await running({ services: [program('a', { needs: [DB] })], looks: { a: never } })
    await world.pass(LOOK_TAKES + 50)
    const at = new Date(world.time.clock.wall().getTime() + 200).toISOString()
    expect(world.status('a')).toMatchObject({
      phase: 'waiting',
      why: 'it waits for tcp db:5432 (not there) and file /run/token (not there), try 1',
      next: { at, what: 'try 2' },
    })
  })

  test('is told of with all that it needs: what the last try has found, and what not', async () => {
    const world = await running({
      services: [program('a', { needs: [DB, TOKEN] })],
      looks: { a: (nth) => (nth === 1 ? ['file /run/token'] : []) },
    })
    const needs = async () => (await world.guard.api.detail('a')).needs
    const [db, token] = [{ need: 'tcp db:5432' }, { need: 'file /run/token' }]
    expect(await needs()).toEqual([
      { ...db, met: false, how: 'no answer yet' },
      { ...token, met: false, how: 'no answer yet' },
    ])
    await world.pass(LOOK_TAKES)
    expect(await needs()).toEqual([
      { ...db, met: true, how: null },
      { ...token, met: false, how: 'not there' },
    ])
    await world.pass(1_000)
    expect(world.status('a').phase).toBe('running')
    expect(await needs()).toEqual([
      { ...db, met: null, how: null },
      { ...token, met: null, how: null },
    ])
  })

  test('tells of what is missing once, and again when that is something else', async () => {
    const world = await running({
      services: [program('a', { needs: [DB, TOKEN] })],
      looks: { a: (nth) => (nth <= 3 ? never() : nth <= 6 ? ['file /run/token'] : []) },
    })
    await world.pass(MINUTE)
    const told = world.events.flatMap((event) => (event.type === 'phase' ? [event.why] : []))
    expect(told.filter((why) => why.startsWith('it waits'))).toEqual([
      'it waits for tcp db:5432 (not there) and file /run/token (not there), try 1',
      'it waits for file /run/token (not there), try 4',
    ])
    expect(world.phasesOf('a')).toEqual(['waiting', 'waiting', 'waiting', 'running'])
    expect(world.status('a').phase).toBe('running')
  })

  test('looks again before the start that follows a failure', async () => {
    const world = await running({
      services: [program('a', { needs: [DB] })],
      looks: { a: (nth) => (nth === 2 ? ['tcp db:5432'] : []) },
    })
    await world.pass(MINUTE)
    world.leaderOf('a').end(CRASH)
    await world.pass(LOOK_TAKES)
    expect(world.status('a')).toMatchObject({ phase: 'waiting', restarts: 1 })
    await world.pass(MINUTE)
    expect(world.startsOf('a')).toEqual([LOOK_TAKES, MINUTE + 250 + 2 * LOOK_TAKES])
  })

  test('waits for its dependencies first, and for them again where they have gone meanwhile', async () => {
    const world = await running({
      services: [
        program('db', { ready: { kind: 'notify' }, autostart: false }),
        program('a', { needs: [TOKEN], dependsOn: { db: 'ready' } }),
      ],
      looks: { a: (nth) => (nth <= 2 ? ['file /run/token'] : []) },
    })
    await world.pass(MINUTE)
    expect(world.looksOf('a')).toBe(0)
    await world.until(world.act('start', 'db'))
    await world.pass(LOOK_TAKES)
    expect(world.looksOf('a')).toBe(1)
    await world.until(world.act('stop', 'db'))
    expect(world.status('a').why).toContain('db to be ready')
    await world.pass(MINUTE)
    expect(world.looksOf('a')).toBe(1)
    expect(world.startsOf('a')).toEqual([])
    await world.until(world.act('start', 'db'))
    await world.pass(MINUTE)
    expect(world.status('a').phase).toBe('running')
  })
})

describe('a stop while it waits for what it needs', () => {
  test.each([0, LOOK_TAKES + 1])('L04 is immediate, and no start happens: %i ms', async (ms) => {
    const world = await running({
      services: [program('a', { needs: [DB] })],
      looks: { a: after(1) },
    })
    await world.pass(ms)
    const now = world.time.clock.monotonic()
    const [result] = await world.until(world.act('stop', 'a'))
    expect(result?.done).toBe(true)
    expect(world.time.clock.monotonic()).toBe(now)
    expect(world.status('a')).toMatchObject({ phase: 'stopped', next: null })
    const looks = world.looksOf('a')
    await world.pass(10 * MINUTE)
    expect([world.startsOf('a'), world.looksOf('a')]).toEqual([[], looks])
  })

  test('L04 and a start after it looks from the beginning: an answer of before does not count', async () => {
    const world = await running({
      services: [program('a', { needs: [DB] })],
      looks: { a: (nth) => (nth === 1 ? [] : ['tcp db:5432']) },
    })
    void world.act('stop', 'a')
    void world.act('start', 'a')
    await world.pass(MINUTE)
    expect(world.status('a').phase).toBe('waiting')
    expect(world.startsOf('a')).toEqual([])
  })
})

describe('an operator’s start', () => {
  test('looks at once, and returns when it has started', async () => {
    const world = await running({
      services: [program('a', { needs: [DB] })],
      looks: { a: after(8) },
    })
    await world.pass(20_000)
    const looks = world.looksOf('a')
    const [result] = await world.until(world.act('start', 'a'))
    expect(result).toMatchObject({ done: true, status: { phase: 'running' } })
    expect(world.startsOf('a')[0]).toBeGreaterThan(20_000)
    expect(looks).toBe(7)
    expect(world.looksOf('a')).toBe(9)
  })

  test('waits until the deadline, beyond the time of other starts, and tells everything that is missing', async () => {
    const world = await running({
      services: [program('a', { needs: [DB, TOKEN], needsTimeout: 15 * MINUTE, autostart: false })],
      looks: { a: never },
    })
    const [result] = await world.until(world.act('start', 'a'))
    expect(world.time.clock.monotonic()).toBe(15 * MINUTE)
    expect(result).toMatchObject({ done: false, error: { code: 'START_FAILED' } })
    expect(result?.error?.message).toContain(
      'what it needs was not there within 15m: tcp db:5432 (not there) and file /run/token (not there)',
    )
  })

  test('is told that it waits where there is no deadline', async () => {
    const world = await running({
      services: [program('a', { needs: [DB], needsTimeout: null })],
      looks: { a: never },
    })
    const [result] = await world.until(world.act('start', 'a'))
    expect(result?.error).toMatchObject({ code: 'VERB_TIMEOUT' })
    expect(result?.error?.message).toContain('tcp db:5432 (not there)')
    expect(world.status('a').phase).toBe('waiting')
  })
})

describe('at its deadline', () => {
  const within = { needs: [DB], needsTimeout: 5_000 }

  test('its start has failed: it is in backoff for a second at least, and then looks again', async () => {
    const world = await running({ services: [program('a', within)], looks: { a: never } })
    await world.pass(5_000)
    expect(world.status('a')).toMatchObject({ phase: 'backoff', failures: 1, restarts: 0 })
    expect(world.status('a').why).toMatch(/^what it needs was not there within 5s: tcp db:5432/)
    await world.pass(1_000)
    expect(world.status('a')).toMatchObject({ phase: 'waiting', restarts: 1 })
  })

  test('too often, it is fatal', async () => {
    const restart = { limit: { count: 1, window: MINUTE } }
    const world = await running({
      services: [program('a', { ...within, restart })],
      looks: { a: never },
    })
    await world.pass(MINUTE)
    expect(world.status('a')).toMatchObject({ phase: 'fatal', failures: 2 })
    expect(world.status('a').why).toContain('the last time what it needs was not there')
    expect(world.startsOf('a')).toEqual([])
  })

  test.each([
    ['its policy is no restart', { restart: { when: 'no' } }],
    ['its recovery is manual', { restart: { strategy: 'manual' } }],
  ] as const)('it is fatal at once where %s', async (_, policy) => {
    const world = await running({
      services: [program('a', { ...within, ...policy })],
      looks: { a: never },
    })
    await world.pass(5_000)
    expect(world.status('a')).toMatchObject({ phase: 'fatal' })
  })

  test('a start that was asked for once is not repeated', async () => {
    const world = await running({
      services: [program('a', { ...within, autostart: false })],
      looks: { a: never },
    })
    const [result] = await world.until(world.act('once', 'a'))
    expect(result?.error?.code).toBe('START_FAILED')
    expect(world.status('a').phase).toBe('fatal')
  })
})

describe('a change of what it needs', () => {
  test('holds at once while it waits, and begins its deadline anew', async () => {
    const world = await running({
      services: [program('a', { needs: [DB], needsTimeout: null })],
      looks: { a: (_, { needs }) => (needs[0]?.kind === 'tcp' ? ['tcp db:5432'] : []) },
    })
    await world.pass(MINUTE)
    await world.replace([program('a', { needs: [TOKEN], needsTimeout: 5_000 })])
    await world.pass(LOOK_TAKES)
    expect(world.status('a').phase).toBe('running')
  })

  test('to nothing starts it', async () => {
    const world = await running({ services: [program('a', { needs: [DB] })], looks: { a: never } })
    await world.pass(MINUTE)
    await world.replace([program('a')])
    await world.pass(0)
    expect(world.status('a').phase).toBe('running')
  })

  test('does not touch what runs', async () => {
    const world = await running({ services: [program('a')], looks: { a: never } })
    await world.pass(MINUTE)
    const { pid } = world.status('a')
    await world.replace([program('a', { needs: [DB] })])
    await world.pass(MINUTE)
    expect(world.status('a')).toMatchObject({ phase: 'running', pid })
  })
})
