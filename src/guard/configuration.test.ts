import { describe, expect, test } from 'vitest'
import { program, scripted, type World } from '../../test/simulation/scripted.ts'

const ROOT = { uid: 0, pid: null }
const CRASH = { kind: 'code', code: 1 } as const
const ONCE = { restart: { immediate: 0, delay: 1_000 } }

async function started(script: Parameters<typeof scripted>[0]): Promise<World> {
  const world = scripted(script)
  world.again()
  await world.pass(2_000)
  return world
}

const versions = (world: World) =>
  world.guard.api.versions().map(({ number, cause, outcome }) => [number, cause, outcome])
const commandOf = (world: World, name: string) =>
  world.guard.api.configuration().current.services.find((one) => one.name === name)?.command
const told = (world: World) =>
  world.events.flatMap((event) =>
    event.type === 'config' ? [`${event.version} ${event.outcome}`] : [],
  )

describe('a configuration on trial', () => {
  test('is good when its time is over and what it changed is well', async () => {
    const world = await started({ services: [program('a'), program('b')] })
    await world.tryOut([program('a', { command: ['/new'] }), program('b')], 10_000)
    expect(versions(world)).toEqual([
      [1, 'start', 'good'],
      [2, 'apply', 'trial'],
    ])
    await world.pass(9_999)
    expect(versions(world)[1]).toEqual([2, 'apply', 'trial'])
    await world.pass(2)
    expect(versions(world)[1]).toEqual([2, 'apply', 'good'])
    expect(told(world)).toEqual(['2 trial', '2 good'])
    expect(commandOf(world, 'a')).toEqual(['/new'])
  })

  test('is taken back as a whole when a service that did well fails with it', async () => {
    const world = await started({
      services: [program('a', ONCE), program('b', ONCE)],
      lives: { b: (nth) => (nth === 2 ? { endsAfter: 500, exit: CRASH } : {}) },
    })
    const services = [
      program('a', { ...ONCE, command: ['/new'] }),
      program('b', { ...ONCE, command: ['/new'] }),
    ]
    await world.tryOut(services, 10_000)
    await world.pass(3_000)
    expect(commandOf(world, 'a')).toEqual(['/a'])
    expect(commandOf(world, 'b')).toEqual(['/b'])
    expect(world.status('b')).toMatchObject({ phase: 'running' })
    expect(versions(world)).toEqual([
      [1, 'start', 'good'],
      [2, 'apply', 'rolled-back'],
      [3, 'rollback', 'good'],
    ])
    expect(world.guard.api.versions()[1]?.reason).toMatch(/^b is backoff: /)
    await world.pass(20_000)
    expect(versions(world)).toHaveLength(3)
  })

  test('has no part in what failed before it', async () => {
    const world = await started({
      services: [program('a', ONCE), program('b')],
      lives: { a: { endsAfter: 100, exit: CRASH } },
    })
    expect(world.status('a').phase).toBe('backoff')
    await world.tryOut([program('a', { ...ONCE, command: ['/new'] }), program('b')], 5_000)
    await world.pass(60_000)
    expect(commandOf(world, 'a')).toEqual(['/new'])
    expect(versions(world)[1]).toEqual([2, 'apply', 'good'])
  })

  test('is taken back where a new service does not start', async () => {
    const world = await started({
      services: [program('a')],
      lives: { b: { spawnError: 'ENOENT' } },
    })
    await world.tryOut([program('a'), program('b')], 5_000)
    await world.pass(100)
    expect(world.guard.api.configuration().current.services.map(({ name }) => name)).toEqual(['a'])
    expect(world.startsOf('a')).toHaveLength(1)
  })

  test('waits for one that is still starting when its time is over', async () => {
    const notify = { ready: { kind: 'notify' } } as const
    const world = await started({
      services: [program('a', notify)],
      lives: { a: (nth) => ({ readyAfter: nth === 1 ? 10 : 8_000 }) },
    })
    await world.tryOut([program('a', { ...notify, command: ['/new'] })], 1_000)
    await world.pass(5_000)
    expect(versions(world)[1]).toEqual([2, 'apply', 'trial'])
    await world.pass(4_000)
    expect(versions(world)[1]).toEqual([2, 'apply', 'good'])
  })

  test('does not wait for one that an operator has paused', async () => {
    const world = await started({ services: [program('a')] })
    await world.tryOut([program('a', { command: ['/new'] })], 10_000)
    await world.pass(2_000)
    await world.until(world.act('pause', 'a'))
    await world.pass(10_000)
    expect(versions(world)[1]).toEqual([2, 'apply', 'good'])
    expect(world.status('a').phase).toBe('paused')
  })

  test('that another replaces goes back to the one before both', async () => {
    const world = await started({
      services: [program('a', ONCE)],
      lives: { a: (nth) => (nth === 3 ? { endsAfter: 500, exit: CRASH } : {}) },
    })
    await world.tryOut([program('a', { ...ONCE, command: ['/second'] })], 10_000)
    await world.pass(1_000)
    await world.tryOut([program('a', { ...ONCE, command: ['/third'] })], 10_000)
    await world.pass(5_000)
    expect(commandOf(world, 'a')).toEqual(['/a'])
    expect(versions(world)).toEqual([
      [1, 'start', 'good'],
      [2, 'apply', 'replaced'],
      [3, 'apply', 'rolled-back'],
      [4, 'rollback', 'good'],
    ])
  })

  test('ends with the guard, and counts as good for the next one', async () => {
    const world = await started({ services: [program('a')] })
    await world.tryOut([program('a', { command: ['/new'] })], 10_000)
    await world.until(world.guard.api.shutdown({ keep: true }, ROOT))
    world.again()
    await world.pass(60_000)
    expect(commandOf(world, 'a')).toEqual(['/new'])
    expect(versions(world).at(-1)).toEqual([2, 'apply', 'good'])
  })
})

describe('the history of configurations', () => {
  test('is gone back to by number, and that is a version too', async () => {
    const world = await started({ services: [program('a')] })
    await world.replace([program('a', { command: ['/second'] })])
    await world.replace([program('a', { command: ['/third'] })])
    await world.guard.api.rollback(1, ROOT)
    expect(commandOf(world, 'a')).toEqual(['/a'])
    expect(versions(world).map(([, cause]) => cause)).toEqual([
      'start',
      'apply',
      'apply',
      'rollback',
    ])
    await expect(world.guard.api.rollback(9, ROOT)).rejects.toMatchObject({
      code: 'VERSION_UNKNOWN',
      message: 'there is no version 9: 1 to 4 are kept',
    })
  })

  test('goes on with the trial of the version that it is asked to go back to', async () => {
    const world = await started({ services: [program('a')] })
    await world.tryOut([program('a', { command: ['/new'] })], 10_000)
    await world.guard.api.rollback(2, ROOT)
    expect(versions(world).at(-1)).toEqual([2, 'apply', 'trial'])
    await world.pass(20_000)
    expect(versions(world).at(-1)).toEqual([2, 'apply', 'good'])
  })

  test('has the same configuration once, however often a guard starts with it', async () => {
    const world = await started({ services: [program('a')] })
    await world.until(world.guard.api.shutdown({ keep: false }, ROOT))
    world.again()
    world.again([program('a', { command: ['/other'] })])
    expect(versions(world)).toEqual([
      [1, 'start', 'good'],
      [2, 'start', 'good'],
    ])
  })
})
