import { describe, expect, test } from 'vitest'
import { memoryFiles } from '../../../test/fakes/file-system.ts'
import { simulatedLogonRegistry } from '../../../test/fakes/logon-registry.ts'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import { SteadError } from '../../errors.ts'
import type { InstanceStatus } from '../../model/guard-status.ts'
import type { Home } from '../../model/home.ts'
import type { LogFiles } from '../../model/ports/log-files.ts'
import type { GuardEnd, LogonGuards } from '../../model/ports/logon-guards.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { WindowsError } from '../../model/windows-error.ts'
import { markKey, RUN_KEY, specForAll } from './registration.ts'
import { runKeysManager } from './run-keys-manager.ts'

const noLogs: LogFiles = { async *tail() {} }
const here = 'C:\\Users\\w\\AppData\\Local\\stead'

function homeAt(root: string | null): Home {
  const base = root ?? here
  return { root, specs: `${base}\\specs`, state: '', run: '', logs: `${base}\\logs` }
}

/** A guard as those who ask it see it: what it tells of its program, and how it ends. */
function guardOf() {
  const state = {
    program: null as InstanceStatus | null,
    lastEnd: null as GuardEnd | null,
    launched: 0,
    stopped: 0,
    stops: true,
    /** It ends, and takes no start any more. */
    leaving: false,
    end: (_code: number | null): void => {},
  }
  const guards: LogonGuards = {
    status: async () => state.program,
    lastEnd: () => state.lastEnd,
    launch() {
      state.launched += 1
      return {
        ended: new Promise((resolve) => {
          state.end = resolve
        }),
      }
    },
    async act() {
      if (state.leaving) throw new SteadError('GUARD_ENDING', { project: 'web' })
      return state.program !== null
    },
    async stop() {
      state.stopped += 1
      if (state.stops) state.program = null
      return state.stops
    },
  }
  return { state, guards }
}

function program(phase: InstanceStatus['phase'], ready = phase === 'running'): InstanceStatus {
  return {
    id: 'web',
    service: 'web',
    instance: 1,
    want: { state: 'up', by: 'boot', at: '2026-01-01T00:00:00.000Z' },
    phase,
    ready,
    health: 'unknown',
    why: `it is ${phase}`,
    pid: phase === 'running' || phase === 'starting' ? 42 : null,
    incarnation: 1,
    startedAt: null,
    next: null,
    restarts: 0,
    failures: 0,
    lastExit: null,
    recovery: null,
    statusText: null,
    survivors: [],
  }
}

function bench(
  home = homeAt(null),
  registry = simulatedLogonRegistry(),
  node = 'C:\\node.exe',
  scope: Scope = 'user',
) {
  const clock = manualClock()
  const { state, guards } = guardOf()
  const other = guardOf()
  const manager = runKeysManager({
    home,
    scope,
    registry,
    own: { home, guards },
    others: async () =>
      scope === 'user' ? [] : [{ home: homeAt('D:\\other'), guards: other.guards }],
    clock,
    files: memoryFiles(),
    logFiles: noLogs,
    stead: [node, 'C:\\stead.js'],
    consoleHost: 'C:\\Windows\\System32\\conhost.exe',
  })
  const install = (settings: Partial<ServiceSpec> = {}) =>
    manager.install(
      manager.plan(
        completeSpec({ name: 'web', file: 'C:\\web.exe', startType: 'auto', ...settings }),
      ),
    )
  const value = () => registry.read(RUN_KEY, 'web')
  return { registry, clock, state, other: other.state, manager, install, value }
}

describe('installing what starts at logon', () => {
  test('S06 creates, changes nothing, and updates in place', async () => {
    const { registry, install, value } = bench()
    expect(await install()).toBe('created')
    const first = registry.all()
    expect(Object.keys(first)).toHaveLength(3)
    expect(await install()).toBe('unchanged')
    expect(registry.all()).toEqual(first)
    const moved = bench(homeAt(null), registry, 'D:\\node.exe')
    expect(await moved.install()).toBe('updated')
    expect(value()).toMatchObject({ data: expect.stringContaining('D:\\node.exe') })
    expect(await install({ startType: 'manual' })).toBe('updated')
    expect(value()).toBeNull()
  })

  test('S07 and removing it leaves nothing, and what is beside it', async () => {
    const { registry, install, manager, state } = bench()
    registry.write(RUN_KEY, 'other', 'C:\\other.exe')
    const before = registry.all()
    await install()
    state.program = program('running')
    await manager.uninstall('web')
    expect(registry.all()).toEqual(before)
    expect(state.stopped).toBe(1)
    expect(registry.keys('Software\\stead')).toEqual([])
    await expect(manager.uninstall('web')).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
  })

  test.each([1, 2, 3])('S09 write %i that fails leaves nothing of a new one', async (number) => {
    const { registry, install } = bench()
    registry.refuseWrite(number)
    await expect(install()).rejects.toThrow('the registry is full')
    expect(registry.all()).toEqual({})
  })

  test.each([1, 2, 3, 4])(
    'S09 write %i that fails leaves what was there before',
    async (number) => {
      const { registry, install } = bench()
      await install()
      const before = registry.all()
      registry.refuseWrite(number)
      const moved = bench(homeAt(null), registry, 'D:\\node.exe')
      await expect(moved.install()).rejects.toThrow('the registry is full')
      expect(registry.all()).toEqual(before)
    },
  )

  test('S10 is refused before anything is written', async () => {
    const { registry, install } = bench()
    await expect(install({ user: 'web' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(registry.all()).toEqual({})
  })

  test('the plan is pure, and says that it is no service', () => {
    const { registry, manager } = bench()
    const spec = completeSpec({ name: 'web', file: 'C:\\web.exe', startType: 'auto' })
    const plan = manager.plan(spec)
    expect(manager.plan(spec)).toEqual(plan)
    expect(plan.notes[0]).toMatch(/starts at logon.*no service/)
    expect(plan.steps).toHaveLength(3)
    expect(registry.all()).toEqual({})
  })
})

describe('what stead did not write', () => {
  test.each<[string, (registry: ReturnType<typeof simulatedLogonRegistry>) => void]>([
    ['a value of another program', (registry) => registry.write(RUN_KEY, 'web', 'C:\\theirs.exe')],
    [
      'another stead home',
      (registry) => registry.write(markKey('web'), 'home', 'D:\\another home'),
    ],
  ])('S07 %s is not touched by any verb', async (_what, arrange) => {
    const { registry, manager, install, state } = bench()
    arrange(registry)
    const before = registry.all()
    for (const verb of [
      install,
      () => manager.start('web'),
      () => manager.stop('web'),
      () => manager.uninstall('web'),
    ]) {
      await expect(verb()).rejects.toMatchObject({ code: 'FOREIGN' })
    }
    expect(await manager.status('web')).toMatchObject({ ours: false, phase: 'stopped' })
    expect(await manager.list()).toEqual([])
    expect(registry.all()).toEqual(before)
    expect(state).toMatchObject({ launched: 0, stopped: 0 })
  })

  test('S07 is a value too that somebody has changed since', async () => {
    const { registry, manager, install, state } = bench()
    await install()
    registry.write(RUN_KEY, 'web', 'C:\\theirs.exe')
    const before = registry.all()
    await expect(install()).rejects.toMatchObject({ code: 'FOREIGN' })
    await expect(manager.uninstall('web')).rejects.toMatchObject({ code: 'FOREIGN' })
    expect(registry.all()).toEqual(before)
    expect(state.stopped).toBe(0)
  })

  test('S07 stays where it came into a place that stead had left empty', async () => {
    const { registry, manager, install } = bench()
    await install({ startType: 'manual' })
    registry.write(RUN_KEY, 'web', 'C:\\theirs.exe')
    await expect(install()).rejects.toMatchObject({ code: 'FOREIGN' })
    await manager.uninstall('web')
    expect(registry.all()).toEqual({ [`${RUN_KEY}\\web`.toLowerCase()]: 'C:\\theirs.exe' })
  })
})

describe('starting and stopping', () => {
  test('S01 starts the guard once, and waits until the program is ready', async () => {
    const { manager, install, state, clock } = bench()
    await install()
    let started = false
    const starting = manager.start('web').then(() => {
      started = true
    })
    await clock.advance(100)
    state.program = program('starting')
    await clock.advance(100)
    expect(started).toBe(false)
    state.program = program('running')
    await clock.advance(100)
    await starting
    await manager.start('web')
    expect(state.launched).toBe(1)
    expect(await manager.status('web')).toMatchObject({ phase: 'running', pid: 42, ours: true })
    await manager.stop('web')
    await manager.stop('web')
    expect(await manager.status('web')).toMatchObject({ phase: 'stopped', want: 'down' })
  })

  test.each<[number | null, string]>([
    [70, 'it is fatal'],
    [null, 'it is fatal'],
  ])('S04 a guard that ends with %s has failed, and says of what', async (code, reason) => {
    const { manager, install, state, clock } = bench()
    await install()
    const starting = manager.start('web')
    const refused = expect(starting).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining(reason),
    })
    await clock.advance(10)
    state.program = program('fatal')
    await clock.advance(60)
    state.program = null
    state.end(code)
    await clock.advance(100)
    await refused
  })

  test('a guard that was about to end is followed by another', async () => {
    const { manager, install, state, clock } = bench()
    await install()
    state.program = program('exited')
    const starting = manager.start('web')
    await clock.advance(60)
    expect(state.launched).toBe(0)
    state.program = null
    await clock.advance(60)
    expect(state.launched).toBe(1)
    state.program = program('running')
    await clock.advance(60)
    await expect(starting).resolves.toBeUndefined()
  })

  test('a program that is done when it is looked at has not failed', async () => {
    const { manager, install, state, clock } = bench()
    await install()
    const starting = manager.start('web')
    await clock.advance(10)
    state.end(0)
    await clock.advance(60)
    await expect(starting).resolves.toBeUndefined()
  })

  test('S02 what is not ready in time, and what does not end, is told', async () => {
    const { manager, install, state, clock } = bench()
    await install({ startTimeout: 1_000 })
    const refused = expect(manager.start('web')).rejects.toMatchObject({ code: 'START_TIMEOUT' })
    state.program = program('starting')
    await clock.advance(120_000)
    await refused
    state.stops = false
    await expect(manager.stop('web')).rejects.toMatchObject({ code: 'STOP_TIMEOUT' })
    await expect(manager.uninstall('web')).rejects.toMatchObject({ code: 'STOP_TIMEOUT' })
    expect(await manager.list()).toHaveLength(1)
  })

  test('S11 pausing needs a guard, and a start takes no arguments', async () => {
    const { manager, install } = bench()
    await install()
    await expect(manager.pause('web')).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    await expect(manager.start('web', ['a'])).rejects.toMatchObject({ code: 'VERB_UNSUPPORTED' })
    await expect(manager.start('none')).rejects.toMatchObject({ code: 'NOT_INSTALLED' })
  })
})

describe('what became of a program whose guard has ended', () => {
  const at = '2026-01-01T00:00:07.000Z'
  const code = (number: number) => ({ kind: 'code', code: number }) as const

  test.each<[string, GuardEnd, object]>([
    [
      'a failure',
      { at, exit: code(7), failure: 'it ended with code 7' },
      {
        phase: 'fatal',
        why: 'it ended with code 7',
        lastExit: { exit: code(7), at: new Date(at) },
      },
    ],
    [
      'an end that was wanted',
      { at, exit: code(0), failure: null },
      { phase: 'stopped', why: null, lastExit: { exit: code(0) } },
    ],
    [
      'a guard that was killed',
      { at, exit: null, failure: null },
      {
        phase: 'stopped',
        why: expect.stringContaining('without a word'),
        lastExit: { exit: { kind: 'unknown' } },
      },
    ],
  ])('S05 %s is told, with its time', async (_what, lastEnd, expected) => {
    const { manager, install, state } = bench()
    await install()
    state.lastEnd = lastEnd
    expect(await manager.status('web')).toMatchObject({ ...expected, pid: null, want: 'down' })
    state.program = program('running')
    expect(await manager.status('web')).toMatchObject({ phase: 'running', why: null })
  })

  test('S04 a guard that could not begin is why a start failed', async () => {
    const { manager, install, state, clock } = bench()
    await install()
    const refused = expect(manager.start('web')).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringContaining('the record cannot be read'),
    })
    await clock.advance(10)
    state.lastEnd = { at, exit: code(2), failure: 'the record cannot be read' }
    state.end(2)
    await clock.advance(100)
    await refused
  })

  test('S01 a start that meets a guard on its way out starts another', async () => {
    const { manager, install, state, clock } = bench()
    await install()
    state.program = program('stopped')
    state.leaving = true
    const starting = manager.start('web')
    await clock.advance(60)
    expect(state.launched).toBe(0)
    state.program = null
    await clock.advance(60)
    expect(state.launched).toBe(1)
    state.program = program('running')
    await clock.advance(60)
    await expect(starting).resolves.toBeUndefined()
  })
})

describe('what starts at the logon of every user', () => {
  const forAll = (registry = simulatedLogonRegistry()) =>
    bench(homeAt(null), registry, 'C:\\node.exe', 'system')

  test('S01 says in the registry what it is, for every user to read', async () => {
    const { manager, install, registry, value } = forAll()
    expect(await install()).toBe('created')
    expect(specForAll(registry, 'web')).toMatchObject({ name: 'web', file: 'C:\\web.exe' })
    expect(value()).toMatchObject({ data: expect.stringMatching(/run web --scope system/) })
    expect(await manager.status('web')).toMatchObject({ scope: 'system', startType: 'auto' })
    expect(await manager.list()).toHaveLength(1)
    const spec = completeSpec({ name: 'web', file: 'C:\\web.exe', startType: 'auto' })
    const { steps, notes } = manager.plan(spec)
    expect(
      steps.every((step) => step.kind === 'call' && String(step.values.key).startsWith('HKLM')),
    ).toBe(true)
    expect(notes[0]).toMatch(/every user of this machine/)
  })

  test('S06 is updated in place where only what it is differs', async () => {
    const { install, registry, value } = forAll()
    await install()
    const line = value()
    expect(await install({ args: ['--port', '80'] })).toBe('updated')
    expect(specForAll(registry, 'web')?.args).toEqual(['--port', '80'])
    expect(value()).toEqual(line)
    expect(await install({ args: ['--port', '80'] })).toBe('unchanged')
  })

  test.each([1, 2, 3, 4])('S09 write %i that fails leaves what was there', async (number) => {
    const { registry, install } = forAll()
    registry.refuseWrite(number)
    await expect(install()).rejects.toThrow('the registry is full')
    expect(registry.all()).toEqual({})
    registry.refuseWrite(0)
    await install()
    const before = registry.all()
    // The first one is to see whether there is the right to.
    registry.refuseWrite(number + 1)
    const moved = bench(homeAt(null), registry, 'D:\\node.exe', 'system')
    await expect(moved.install()).rejects.toThrow('the registry is full')
    expect(registry.all()).toEqual(before)
  })

  test('S07 is ended for everybody before it is removed', async () => {
    const { manager, install, registry, state, other } = forAll()
    await install()
    other.program = program('running')
    other.stops = false
    await expect(manager.uninstall('web')).rejects.toMatchObject({ code: 'STOP_TIMEOUT' })
    other.stops = true
    await manager.uninstall('web')
    expect([state.stopped, other.stopped]).toEqual([2, 2])
    expect(registry.all()).toEqual({})
  })

  test('S08 who is no administrator changes nothing, and nobody is stopped for it', async () => {
    const { manager, install, registry, state, other } = forAll()
    await install()
    const before = registry.all()
    const user = bench(
      homeAt(null),
      { ...registry, write: refuse, remove: refuse },
      'D:\\node.exe',
      'system',
    )
    for (const change of [() => user.install(), () => user.manager.uninstall('web')]) {
      await expect(change()).rejects.toMatchObject({
        code: 'RIGHTS',
        hint: expect.stringContaining('Run as administrator'),
      })
    }
    expect(registry.all()).toEqual(before)
    expect([state.stopped, other.stopped, user.state.stopped]).toEqual([0, 0, 0])
    state.program = program('running')
    expect((await manager.status('web')).phase).toBe('running')
  })
})

function refuse(): never {
  throw new WindowsError('RegSetValueExW', 5)
}
