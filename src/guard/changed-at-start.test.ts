import { describe, expect, test } from 'vitest'
import { program, type Script, scripted, type World } from '../../test/simulation/scripted.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

const CRASH = { kind: 'code', code: 1 } as const
const HOUR = 3_600_000
const ROOT = { uid: 0, pid: null }
const NEW = { command: ['/new'] } as const

async function started(services: readonly ProgramSpec[], lives: Script['lives'] = {}) {
  const world = scripted({ services, lives })
  world.again()
  await world.pass(2_000)
  return world
}

/** The guard is killed, and the next one reads that. */
function restarted(world: World, services: readonly ProgramSpec[]): number {
  world.drop()
  return world.again(services)
}

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

const all = (world: World, count = 3): readonly string[] =>
  Array.from({ length: count }, (_, n) => {
    const id = `web@${n + 1}`
    return `${world.filesOf(id).join()} ${world.startsOf(id).length}`
  })
const outcomes = (world: World) => world.guard.api.versions().map(({ outcome }) => outcome)

describe('a guard that starts with another configuration than its programs were started with', () => {
  test('restarts those that are changed, and leaves the others alone', async () => {
    const world = await started([program('a'), program('b'), program('c')])
    const [b, c] = [world.pidsOf('b'), world.pidsOf('c')]
    const changed = [program('a', NEW), program('b'), program('c', { labels: { tier: 'x' } })]
    expect(restarted(world, changed)).toBe(3)
    await world.pass(2_000)
    expect(world.filesOf('a')).toEqual(['/new'])
    expect([world.pidsOf('b'), world.pidsOf('c')]).toEqual([b, c])
    expect(world.status('a').lastExit?.cause).toBe('configuration')
    expect(world.guard.api.versions().at(-1)).toMatchObject({
      cause: 'start',
      outcome: 'good',
      changes: [{ service: 'a', action: 'restart', settings: ['command'] }],
    })
    expect(world.doubles).toEqual([])
  })

  test.each<[string, Partial<ProgramSpec>]>([
    ['cwd', { cwd: '/srv' }],
    ['env', { env: { PORT: '1' } }],
    ['user', { user: 'www' }],
    ['limits.openFiles', { limits: { ...program('a').limits, openFiles: 512 } }],
    ['log', { log: { ...program('a').log, format: 'direct' } }],
  ])('for %s', async (setting, settings) => {
    const world = await started([program('a')])
    restarted(world, [program('a', settings)])
    await world.pass(2_000)
    expect(world.startsOf('a')).toHaveLength(2)
    expect(world.guard.api.versions().at(-1)?.changes[0]?.settings).toContain(setting)
  })

  test('holds those that go on to their new limits', async () => {
    const limits = { ...program('a').limits, memory: 64 }
    const world = await started([program('a'), program('b')])
    restarted(world, [program('a', { limits }), program('b')])
    expect(world.leaderOf('a').memory).toBe(64)
    expect(world.leaderOf('b').memory).toBeUndefined()
    await world.pass(2_000)
    expect(world.startsOf('a')).toHaveLength(1)
  })

  test('asks nothing of those that wait for their turn but what they knew', async () => {
    const health = {
      ...({ kind: 'tcp', host: 'localhost', port: 1 } as const),
      ...{ every: 1, timeout: 1, failures: 1, startPeriod: 0 },
    }
    const world = await started([web()], { web: { readyAfter: 1_000 } })
    world.drop()
    world.again([web({ ...NEW, health })])
    await world.pass(100)
    expect(world.specOf('web@2')).toMatchObject({ health: null })
    await world.pass(HOUR)
    expect(world.specOf('web@2')).toMatchObject({ health: { port: 1 } })
  })

  test('knows it also where the guard between them had nothing to restart', async () => {
    const world = await started([program('a')])
    restarted(world, [program('a')])
    restarted(world, [program('a', { labels: { tier: 'x' } })])
    await world.pass(2_000)
    expect(world.startsOf('a')).toHaveLength(1)
    restarted(world, [program('a', NEW)])
    await world.pass(2_000)
    expect(world.startsOf('a')).toHaveLength(2)
  })

  test('and after an orderly end that keeps them', async () => {
    const world = await started([program('a')])
    await world.until(world.guard.api.shutdown({ keep: true }, ROOT))
    world.again([program('a', NEW)])
    await world.pass(2_000)
    expect(world.filesOf('a')).toEqual(['/new'])
  })

  test('restarts several instances one after another', async () => {
    const world = await started([web()], { web: { readyAfter: 100, stopsWithin: 20 } })
    restarted(world, [web(NEW)])
    await world.pass(10)
    expect(outcomes(world)).toEqual(['good', 'trial'])
    await world.pass(HOUR)
    const starts = [1, 2, 3].map((n) => world.startsOf(`web@${n}`)[1])
    expect(starts).toEqual([2_020, 2_140, 2_260])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('restarts jobs at once', async () => {
    const job = (command: readonly [string]): ProgramSpec =>
      web({ type: 'job', ready: null, command })
    const world = await started([job(['/old'])])
    restarted(world, [job(['/new'])])
    await world.pass(10)
    expect([1, 2, 3].map((n) => world.startsOf(`web@${n}`)[1])).toEqual([2_005, 2_005, 2_005])
  })

  test('stops them as they were to be stopped when they were started', async () => {
    const stop = (signal: string) => [
      { action: { kind: 'signal', signal, to: 'leader' } as const, wait: 1_000 },
      { action: { kind: 'signal', signal: 'SIGKILL', to: 'tree' } as const, wait: 1_000 },
    ]
    const world = await started([program('a', { stop: stop('SIGKILL') })], {
      a: (nth) => ({ ignoresTerm: nth === 1 }),
    })
    restarted(world, [program('a', { ...NEW, stop: stop('SIGTERM') })])
    await world.pass(500)
    expect(world.filesOf('a')).toEqual(['/new'])
  })

  test('goes back to the configuration before when the first does not bear the new one', async () => {
    const world = await started([web()], {
      'web@1': (_nth, file) =>
        file === '/new' ? { endsAfter: 30, exit: CRASH, readyAfter: null } : {},
    })
    restarted(world, [web(NEW)])
    await world.pass(HOUR)
    expect(all(world)).toEqual(['/web 3', '/web 1', '/web 1'])
    expect(outcomes(world)).toEqual(['good', 'rolled-back', 'good'])
    expect(world.guard.api.versions()[1]?.reason).toMatch(/^web@1/)
    expect(world.guard.api.configuration().current.services[0]?.command).toEqual(['/web'])
  })

  test('goes back where a trial is asked for and a single one fails', async () => {
    const once = { restart: { immediate: 0, delay: 1_000 } }
    const world = await started([program('a', once)], {
      a: (_nth, file) => (file === '/new' ? { endsAfter: 500, exit: CRASH } : {}),
    })
    world.drop()
    world.again([program('a', { ...once, ...NEW })], { trial: 10_000 })
    await world.pass(HOUR)
    expect(world.filesOf('a')).toEqual(['/a'])
    expect(outcomes(world)).toEqual(['good', 'rolled-back', 'good'])
  })

  test('goes on to the last where the configuration before can no longer be read, and says so', async () => {
    const world = await started([web()], {
      'web@1': (_nth, file) =>
        file === '/new' ? { endsAfter: 30, exit: CRASH, readyAfter: null } : {},
    })
    world.drop()
    world.again([web(NEW)], { unreadable: true })
    await world.pass(HOUR)
    expect(all(world).slice(1)).toEqual(['/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
    expect(world.events.map((event) => ('text' in event ? event.text : ''))).toContainEqual(
      expect.stringMatching(/cannot be gone back from: .*no longer/),
    )
  })

  test('does not hold against it what failed before', async () => {
    const world = await started([web()], {
      'web@1': { readyAfter: null, endsAfter: 30, exit: CRASH },
    })
    await world.pass(HOUR)
    expect(world.status('web@1').phase).toBe('fatal')
    restarted(world, [web(NEW)])
    await world.pass(HOUR)
    expect(all(world).slice(1)).toEqual(['/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('tries what had failed with the old one anew', async () => {
    const world = await started([program('a')], {
      a: (nth) => ({ spawnError: nth === 1 ? 'ENOENT' : null }),
    })
    expect(world.status('a').phase).toBe('fatal')
    restarted(world, [program('a', { command: ['/mended'] })])
    await world.pass(1_000)
    expect(world.filesOf('a')).toEqual(['/mended'])
  })

  test('leaves alone what was stopped by hand', async () => {
    const world = await started([program('a')])
    await world.until(world.act('stop', 'a'))
    restarted(world, [program('a', NEW)])
    await world.pass(HOUR)
    expect(world.startsOf('a')).toHaveLength(1)
  })

  test('that is killed on the way: the next one goes on', async () => {
    const world = await started([web()], { web: { readyAfter: 1_000 } })
    restarted(world, [web(NEW)])
    await world.pass(1_500)
    restarted(world, [web(NEW)])
    await world.pass(HOUR)
    expect(all(world)).toEqual(['/new 2', '/new 2', '/new 2'])
    expect(outcomes(world)).toEqual(['good', 'good'])
  })

  test('takes on what an older guard has left without a word of its settings', async () => {
    const world = await started([program('a')])
    world.drop()
    world.forget('startedWith')
    world.again([program('a', NEW)])
    await world.pass(HOUR)
    expect(world.filesOf('a')).toEqual(['/a'])
  })

  test('takes a change of an operator after it has begun, not before', async () => {
    const world = await started([web()], { web: { readyAfter: 100 } })
    restarted(world, [web(NEW)])
    await world.replace([web({ command: ['/third'] })])
    await world.pass(HOUR)
    expect(all(world).map((one) => one.split(' ')[0])).toEqual(['/third', '/third', '/third'])
    expect(outcomes(world)).toEqual(['good', 'replaced', 'good'])
  })
})
