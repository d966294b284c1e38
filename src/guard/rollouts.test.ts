import { describe, expect, test } from 'vitest'
import {
  type Life,
  program,
  type Script,
  scripted,
  type World,
} from '../../test/simulation/scripted.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

const CRASH = { kind: 'code', code: 1 } as const
const HOUR = 3_600_000
const ROOT = { uid: 0, pid: null }

function web(settings: Partial<ProgramSpec> = {}): ProgramSpec {
  const restart = { immediate: 0, delay: 1_000, limit: { count: 2, window: 60_000 } }
  return program('web', {
    ready: { kind: 'notify' },
    startTimeout: 2_000,
    instances: 3,
    ...settings,
    restart: { ...restart, ...settings.restart },
  })
}

const NEW = { command: ['/new'] } as const

async function started(lives: Script['lives'] = {}, services = [web()]): Promise<World> {
  const world = scripted({ services, lives })
  world.again()
  await world.pass(1_000)
  return world
}

/** What each instance of web runs, and for the how many-th time it was started. */
const running = (world: World, count = 3): readonly string[] =>
  Array.from({ length: count }, (_, n) => {
    const id = `web@${n + 1}`
    return `${world.filesOf(id).join()} ${world.startsOf(id).length}`
  })
const outcomes = (world: World) => world.guard.api.versions().map(({ outcome }) => outcome)
const failing =
  (number: number, how: Partial<Life> = { endsAfter: 30, exit: CRASH, readyAfter: null }) =>
  (at: number): Script['lives'] => ({
    [`web@${number}`]: (_nth, file) => (file === '/new' ? how : {}),
    web: { readyAfter: at },
  })

describe('a changed configuration of several instances', () => {
  test('is taken by one after another, each ready before the next is touched', async () => {
    const world = await started({ web: { readyAfter: 100, stopsWithin: 20 } })
    await world.replace([web(NEW)])
    expect(outcomes(world)).toEqual(['good', 'trial'])
    await world.pass(HOUR)
    const starts = [1, 2, 3].map((n) => world.startsOf(`web@${n}`)[1])
    expect(starts).toEqual([1_020, 1_140, 1_260])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('restarts jobs at once: nobody is served by them', async () => {
    const job = (command: readonly [string]): ProgramSpec =>
      web({ type: 'job', ready: null, command })
    const world = await started({}, [job(['/old'])])
    await world.replace([job(['/new'])])
    await world.pass(10)
    expect([1, 2, 3].map((n) => world.startsOf(`web@${n}`)[1])).toEqual([1_005, 1_005, 1_005])
  })

  test('that the first does not bear touches no other, and is gone back from without being asked', async () => {
    const world = await started(failing(1)(10))
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 1', '/web 1'])
    expect(outcomes(world)).toEqual(['good', 'rolled-back', 'good'])
    expect(world.guard.api.versions()[1]?.reason).toMatch(/^web@1/)
    expect(world.guard.api.configuration().current.services[0]?.command).toEqual(['/web'])
  })

  test('that the last does not bear is taken back from those that had it', async () => {
    const world = await started(failing(3)(10))
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 3', '/web 3'])
    expect(outcomes(world)).toEqual(['good', 'rolled-back', 'good'])
  })

  test('that makes one hang is taken back when its start takes too long', async () => {
    const world = await started(failing(2, { readyAfter: null })(10))
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 3', '/web 1'])
  })

  test('that cannot be started is taken back', async () => {
    const world = await started(failing(1, { spawnError: 'ENOENT' })(10))
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 1', '/web 1'])
  })

  test('goes on to the last where the service failed before: there is no state to keep', async () => {
    const world = await started({
      'web@1': { readyAfter: null, endsAfter: 30, exit: CRASH },
    })
    await world.pass(HOUR)
    expect(world.status('web@1').phase).toBe('fatal')
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world).slice(1)).toEqual(['/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('has its trial when the last has had its turn', async () => {
    const world = await started({ web: { readyAfter: 1_000 } })
    await world.tryOut([web(NEW)], 5_000)
    await world.pass(3_100)
    expect(running(world)).toEqual(['/new 2', '/new 2', '/new 2'])
    await world.pass(4_800)
    expect(outcomes(world)).toEqual(['good', 'trial'])
    await world.pass(200)
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('passes over what an operator stops meanwhile', async () => {
    const world = await started({ web: { readyAfter: 1_000 } }, [web({ startTimeout: 5_000 })])
    await world.pass(1_000)
    await world.replace([web({ ...NEW, startTimeout: 5_000 })])
    await world.pass(500)
    await world.until(world.act('stop', 'web@1'))
    await world.pass(HOUR)
    expect(running(world)).toEqual([' 2', '/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('passes over one that an operator pauses when it has had its turn', async () => {
    const settled = web({ ready: null })
    const world = await started({ 'web@2': { stopsWithin: 5_000 } }, [settled])
    await world.pass(5_000)
    await world.replace([{ ...settled, ...NEW }])
    await world.pass(100)
    expect(world.startsOf('web@1')).toHaveLength(2)
    await world.until(world.act('pause', 'web@1'))
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/new 2', '/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
    expect(world.status('web@1').phase).toBe('paused')
  })

  test('leaves one paused that has had its turn when another change comes', async () => {
    const world = await started({ web: { readyAfter: 1_000 } }, [web(), program('other')])
    await world.pass(1_000)
    await world.replace([web(NEW), program('other')])
    await world.pass(1_500)
    expect(running(world)[0]).toBe('/new 2')
    await world.until(world.act('pause', 'web@1'))
    await world.replace([web(NEW), program('other', { labels: { tier: 'back' } })])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/new 2', '/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'replaced', 'good'])
    expect(world.status('web@1').phase).toBe('paused')
  })

  test('with fewer of them, and with more', async () => {
    const world = await started()
    await world.replace([web({ ...NEW, instances: 2 })])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/new 2', '/new 2', ' 1'])
    await world.replace([web({ instances: 4 })])
    await world.pass(HOUR)
    expect(running(world, 4)).toEqual(['/web 3', '/web 3', '/web 2', '/web 1'])
  })
})

describe('a rollout that is under way', () => {
  const slow = { web: { readyAfter: 1_000 } } as const

  test('goes on when another service is changed, and then answers for both changes', async () => {
    const world = await started(
      { ...slow, 'web@3': (_nth, file) => (file === '/new' ? { readyAfter: null } : {}) },
      [web(), program('other')],
    )
    await world.pass(1_000)
    await world.replace([web(NEW), program('other')])
    await world.pass(500)
    await world.replace([web(NEW), program('other', { labels: { tier: 'back' } })])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 3', '/web 3'])
    expect(outcomes(world)).toEqual(['good', 'replaced', 'rolled-back', 'good'])
    expect(world.startsOf('other')).toHaveLength(1)
    expect(world.guard.api.configuration().current.services[1]?.labels).toEqual({})
  })

  test('is not begun anew by the same configuration', async () => {
    const world = await started(slow)
    await world.replace([web(NEW)])
    await world.pass(1_500)
    await world.replace([web(NEW)])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/new 2', '/new 2', '/new 2'])
  })

  test('that a third configuration replaces restarts each once more, those in between once', async () => {
    const world = await started(slow)
    await world.pass(1_000)
    await world.replace([web(NEW)])
    await world.pass(1_500)
    await world.replace([web({ command: ['/third'] })])
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/third 3', '/third 3', '/third 2'])
    expect(outcomes(world)).toEqual(['good', 'replaced', 'good'])
  })

  test('that is taken back by hand leaves alone whose turn had not come', async () => {
    const world = await started(slow)
    await world.pass(1_000)
    await world.replace([web(NEW)])
    await world.pass(1_500)
    await world.guard.api.rollback(1, ROOT)
    await world.pass(HOUR)
    expect(running(world)).toEqual(['/web 3', '/web 3', '/web 1'])
  })

  test('is gone on with by the next guard, after a kill as after an orderly end', async () => {
    for (const leave of [
      (world: World) => Promise.resolve(world.drop()),
      (world: World) => world.until(world.guard.api.shutdown({ keep: true }, ROOT)),
    ]) {
      const world = await started(slow)
      await world.pass(1_000)
      await world.replace([web(NEW)])
      await world.pass(1_500)
      await leave(world)
      world.again()
      await world.pass(HOUR)
      expect(running(world)).toEqual(['/new 2', '/new 2', '/new 2'])
      expect(outcomes(world)).toEqual(['good', 'good'])
    }
  })

  test('is gone on with also where the next guard is told of another change and back again', async () => {
    const world = await started(slow)
    await world.pass(1_000)
    await world.replace([web(NEW)])
    await world.pass(1_500)
    world.drop()
    world.again()
    await world.replace([web({ command: ['/third'] })])
    await world.guard.api.rollback(2, ROOT)
    await world.pass(HOUR)
    expect(running(world).map((one) => one.split(' ')[0])).toEqual(['/new', '/new', '/new'])
  })

  test('ends with the guard: nothing is restarted or taken back on the way down', async () => {
    const world = await started(slow)
    await world.pass(1_000)
    await world.replace([web(NEW)])
    await world.pass(1_500)
    await world.until(world.guard.api.shutdown({ keep: false }, ROOT))
    await world.pass(HOUR)
    expect(running(world)).toEqual([' 2', ' 2', ' 1'])
    expect(outcomes(world)).toEqual(['good', 'trial'])
  })
})
