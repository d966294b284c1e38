import { describe, expect, test } from 'vitest'
import { program, running, type Script, type World } from '../../test/simulation/scripted.ts'
import type { GroupSpec, GroupStrategy } from '../model/program-spec.ts'

const CRASH = { kind: 'code', code: 1 } as const
const MEMBERS = ['a', 'b', 'c', 'd']
const EAGER = { immediate: 100, limit: null }

function group(strategy: GroupStrategy, limit: GroupSpec['limit'] = null): GroupSpec {
  return { name: 'g', services: ['a', 'b', 'c'], strategy, limit }
}

/** `a`, `b` and `c` are of the group, in that order, `d` is not. */
async function begin(of: GroupSpec, more: Partial<Script> = {}): Promise<World> {
  const services = MEMBERS.map((name) => program(name, { restart: EAGER }))
  const world = await running({ services, groups: [of], ...more })
  await world.pass(5_000)
  return world
}

const livesOf = (world: World): readonly number[] => MEMBERS.map((id) => world.startsOf(id).length)
const phasesOf = (world: World): readonly string[] => MEMBERS.map((id) => world.status(id).phase)

describe('a failure of one of a group', () => {
  test.each([
    ['one_for_one', 'b', [1, 2, 1, 1]],
    ['rest_for_one', 'a', [2, 2, 2, 1]],
    ['rest_for_one', 'b', [1, 2, 2, 1]],
    ['rest_for_one', 'c', [1, 1, 2, 1]],
    ['one_for_all', 'b', [2, 2, 2, 1]],
    ['one_for_all', 'd', [1, 1, 1, 2]],
  ] as const)('L15 under %s, of %s: lives of a, b, c, d are %j', async (strategy, who, lives) => {
    const world = await begin(group(strategy))
    world.leaderOf(who).end(CRASH)
    await world.pass(5_000)
    expect(livesOf(world)).toEqual(lives)
    expect(phasesOf(world)).toEqual(['running', 'running', 'running', 'running'])
    expect(world.doubles).toEqual([])
  })

  test('L15 restarts those that run: what is stopped or held stays so', async () => {
    const world = await begin(group('one_for_all'))
    await world.until(world.act('stop', 'a'))
    await world.until(world.act('hold', 'c'))
    world.leaderOf('b').end(CRASH)
    await world.pass(5_000)
    expect(phasesOf(world)).toEqual(['stopped', 'running', 'stopped', 'running'])
    expect(livesOf(world)).toEqual([1, 2, 1, 1])
  })

  test('L15 is none by a stop or a restart that was asked for', async () => {
    const world = await begin(group('one_for_all'))
    await world.until(world.act('restart', 'b'))
    await world.until(world.act('stop', 'b'))
    await world.pass(5_000)
    expect(livesOf(world)).toEqual([1, 2, 1, 1])
  })

  test('L15 the restart of the others is no failure of theirs', async () => {
    const world = await begin(group('one_for_all'))
    world.leaderOf('b').end(CRASH)
    await world.pass(5_000)
    expect(MEMBERS.map((id) => world.status(id).failures)).toEqual([0, 1, 0, 0])
    expect(world.status('a').lastExit?.cause).toBe('group')
  })
})

describe('a group that gives up', () => {
  test('L15 at its own limit: all of it is stopped and fatal, and others live on', async () => {
    const world = await begin(group('one_for_one', { count: 2, window: 10_000 }))
    for (const who of ['a', 'b', 'c']) {
      world.leaderOf(who).end(CRASH)
      await world.pass(1_000)
    }
    expect(phasesOf(world)).toEqual(['fatal', 'fatal', 'fatal', 'running'])
    for (const who of ['a', 'b', 'c']) {
      expect(world.status(who).why).toBe('group g failed too often')
      expect(world.pidsOf(who)).toEqual([])
    }
    expect(livesOf(world)).toEqual([2, 2, 1, 1])
    await world.pass(3_600_000)
    expect(livesOf(world)).toEqual([2, 2, 1, 1])
    const told = world.events.filter(({ type }) => type === 'group')
    expect(told).toEqual([
      expect.objectContaining({ group: 'g', text: 'group g failed too often' }),
    ])
  })

  test('L15 its window slides: failures far enough apart are no reason', async () => {
    const world = await begin(group('one_for_one', { count: 1, window: 10_000 }))
    for (let n = 0; n < 10; n += 1) {
      world.leaderOf('a').end(CRASH)
      await world.pass(10_000)
    }
    expect(phasesOf(world)).toEqual(['running', 'running', 'running', 'running'])
    world.leaderOf('a').end(CRASH)
    await world.pass(9_999)
    world.leaderOf('b').end(CRASH)
    await world.pass(1_000)
    expect(phasesOf(world)).toEqual(['fatal', 'fatal', 'fatal', 'running'])
  })

  test('L15 a member that is given up takes with it what its strategy says', async () => {
    const services = MEMBERS.map((name) => program(name, { restart: { when: 'no' } }))
    for (const [strategy, phases] of [
      ['one_for_one', ['running', 'exited', 'running', 'running']],
      ['rest_for_one', ['running', 'exited', 'fatal', 'running']],
      ['one_for_all', ['fatal', 'exited', 'fatal', 'running']],
    ] as const) {
      const world = await begin(group(strategy), { services })
      world.leaderOf('b').end(CRASH)
      await world.pass(1_000)
      expect(phasesOf(world), strategy).toEqual(phases)
    }
  })

  test('L15 is started again by an operator, whose start forgives', async () => {
    const world = await begin(group('one_for_all', { count: 1, window: 3_600_000 }))
    for (let n = 0; n < 2; n += 1) {
      world.leaderOf('a').end(CRASH)
      await world.pass(1_000)
    }
    expect(phasesOf(world)).toEqual(['fatal', 'fatal', 'fatal', 'running'])
    const results = await world.until(world.act('start', 'g'))
    expect(results.map(({ done }) => done)).toEqual([true, true, true])
    world.leaderOf('a').end(CRASH)
    await world.pass(1_000)
    expect(phasesOf(world)).toEqual(['running', 'running', 'running', 'running'])
  })

  test('L15 is over for a program on its way out of a back-off, and one that waits', async () => {
    const services = [
      program('a', { restart: { immediate: 0, delay: 60_000, maxDelay: 60_000 } }),
      program('b', { dependsOn: { a: 'ready' }, autostart: false }),
      program('c'),
      program('d'),
    ]
    const world = await begin(group('one_for_one', { count: 1, window: 60_000 }), { services })
    world.leaderOf('a').end(CRASH)
    await world.pass(0)
    void world.act('start', 'b')
    await world.pass(0)
    expect(phasesOf(world)).toEqual(['backoff', 'waiting', 'running', 'running'])
    world.leaderOf('c').end(CRASH)
    await world.pass(600_000)
    expect(phasesOf(world)).toEqual(['fatal', 'fatal', 'fatal', 'running'])
    expect(livesOf(world)).toEqual([1, 0, 1, 1])
  })
})
