import { beforeEach, describe, expect, test } from 'vitest'
import { failingControl, simulatedManager } from '../../../test/contract/scm-simulated.setup.ts'
import { fakeClock } from '../../../test/fakes/scm-clock.ts'
import {
  SIMULATED_EXECUTABLE,
  type SimulatedScm,
  simulatedScm,
} from '../../../test/fakes/simulated-scm.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { WindowsError } from '../../model/windows-error.ts'
import { WINDOWS_DEFAULTS } from '../../model/windows-settings.ts'
import { systemClock } from '../../platform/clock.ts'

let scm: SimulatedScm
beforeEach(() => {
  scm = simulatedScm(systemClock())
})

function specOf(settings: Partial<ServiceSpec> = {}): ServiceSpec {
  return completeSpec({ name: 'app', file: SIMULATED_EXECUTABLE, protocol: 'native', ...settings })
}

async function installed(settings: Partial<ServiceSpec> = {}) {
  const manager = simulatedManager(scm)
  await manager.install(manager.plan(specOf(settings)))
  return manager
}

describe('S06 an update in place', () => {
  test('brings every setting back to its default too', async () => {
    const manager = await installed({
      displayName: 'The App',
      description: 'does',
      startType: 'delayed',
      dependsOn: ['Tcpip'],
      user: 'LocalSystem',
      env: { A: '1' },
      restart: { when: 'no', delay: 0, limit: null },
      windows: {
        ...WINDOWS_DEFAULTS,
        startGroup: 'Mine',
        dependsOnGroups: ['TDI'],
        serviceSid: 'restricted',
        privileges: ['SeChangeNotifyPrivilege'],
        securityDescriptor: 'D:(A;;GA;;;BA)',
        preshutdownTimeout: 60_000,
        errorControl: 'severe',
      },
    })
    const plain = specOf()
    expect(await manager.install(manager.plan(plain))).toBe('updated')
    const fresh = simulatedScm(systemClock())
    const other = simulatedManager(fresh)
    await other.install(other.plan(plain))
    const [now, ideal] = [scm, fresh].map(({ services }) => services.get('app'))
    expect([now?.config, now?.extras, now?.values]).toEqual([
      ideal?.config,
      ideal?.extras,
      ideal?.values,
    ])
  })

  test('changes nothing where Windows tells the same access list in other words', async () => {
    const windows = { ...WINDOWS_DEFAULTS, securityDescriptor: 'D:(A;;GA;;;BA)' }
    const manager = await installed({ windows })
    expect(scm.services.get('app')?.extras.securityDescriptor).not.toContain('GA')
    expect(await manager.install(manager.plan(specOf({ windows })))).toBe('unchanged')
  })

  test('leaves an access list alone that stead never set', async () => {
    const manager = await installed()
    await scm.control.setExtra('app', 'securityDescriptor', 'D:(A;;GR;;;WD)(A;;GA;;;BA)')
    expect(await manager.install(manager.plan(specOf()))).toBe('unchanged')
  })

  test('leaves alone what an administrator wrote under another name for the same account', async () => {
    const manager = await installed({ user: 'LocalSystem' })
    await scm.control.change('app', { account: '.\\localsystem' })
    expect(await manager.install(manager.plan(specOf({ user: 'LocalSystem' })))).toBe('unchanged')
  })
})

describe('S07 somebody else’s service', () => {
  test('of another home of stead is foreign, and not listed', async () => {
    await installed()
    const other = simulatedManager(scm, scm.control, 'D:\\Other')
    await expect(other.install(other.plan(specOf()))).rejects.toMatchObject({
      code: 'FOREIGN',
      params: { where: 'it belongs to C:\\ProgramData\\stead\\specs' },
    })
    await expect(other.uninstall('app')).rejects.toMatchObject({ code: 'FOREIGN' })
    expect(await other.list()).toEqual([])
    expect((await other.status('app')).ours).toBe(false)
  })

  test('with a record of a newer stead is shown, and refused to be changed', async () => {
    const manager = await installed()
    const data = JSON.stringify({ version: 2 })
    await scm.control.writeValue('app', 'Parameters', 'Stead', { type: 'REG_SZ', data })
    expect((await manager.status('app')).phase).toBe('stopped')
    await expect(manager.install(manager.plan(specOf()))).rejects.toMatchObject({
      code: 'SPEC_INVALID',
    })
  })
})

describe('S07 a service that is marked for deletion (1072)', () => {
  test('is waited out by an installation', async () => {
    const manager = await installed()
    const close = scm.hold('app')
    await scm.control.delete('app')
    const again = manager.install(manager.plan(specOf()))
    close()
    expect(await again).toBe('created')
  })

  test('is told of, with what to do, when somebody holds it for too long', async () => {
    const clock = fakeClock()
    const manager = simulatedManager(scm, scm.control, null, clock)
    await manager.install(manager.plan(specOf()))
    scm.hold('app')
    await expect(manager.uninstall('app')).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringContaining('1072'),
      hint: expect.stringMatching(/no program runs.*Task Manager/),
    })
    expect(clock.monotonic()).toBeGreaterThan(9_000)
    expect(clock.monotonic()).toBeLessThan(12_000)
  })
})

describe('S07 who may hold a service that is marked for deletion', () => {
  async function refused(): Promise<unknown> {
    const manager = simulatedManager(scm, scm.control, null, fakeClock())
    return manager.uninstall('app').catch((error: unknown) => error)
  }

  test('is named where such programs run', async () => {
    await installed()
    scm.hold('app')
    scm.programs.running = [
      { pid: 4, name: 'System' },
      { pid: 1204, name: 'MMC.exe' },
      { pid: 88, name: 'Taskmgr.exe' },
    ]
    expect(await refused()).toMatchObject({
      code: 'MANAGER_FAILED',
      hint: expect.stringContaining(
        'close the Services window or Computer Management (MMC.exe, pid 1204) and Task Manager (Taskmgr.exe, pid 88), which may hold it',
      ),
    })
  })
})

describe('S09 an installation that fails', () => {
  test('gives back the access list and the SID that a service had', async () => {
    await installed({ windows: { ...WINDOWS_DEFAULTS, serviceSid: 'unrestricted' } })
    const before = scm.services.get('app')?.extras
    const manager = simulatedManager(scm, {
      ...scm.control,
      async setExtra(name, extra, value) {
        if (extra === 'securityDescriptor') throw new WindowsError('SetServiceObjectSecurity', 1338)
        await scm.control.setExtra(name, extra, value)
      },
    })
    const windows = { ...WINDOWS_DEFAULTS, securityDescriptor: 'D:(A;;GA;;;BA)' }
    await expect(manager.install(manager.plan(specOf({ windows })))).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
    })
    expect(scm.services.get('app')?.extras).toEqual(before)
  })

  test('says so when it cannot be undone either', async () => {
    const failing = failingControl(scm.control)
    const manager = simulatedManager(scm, {
      ...failing,
      delete: () => Promise.reject(new WindowsError('DeleteService', 5)),
    })
    await expect(manager.install(manager.plan(specOf()))).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringMatching(/undo.*DeleteService.*1450/),
      hint: expect.stringContaining('stead uninstall app'),
    })
  })

  test('for a display name that is taken says what to do', async () => {
    await installed({ displayName: 'Same' })
    const manager = simulatedManager(scm)
    const plan = manager.plan(specOf({ name: 'other', displayName: 'same' }))
    await expect(manager.install(plan)).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      hint: 'give it another display name',
    })
    expect((await manager.status('other')).phase).toBe('not-installed')
  })
})

describe('start', () => {
  test.each([
    ['a program that is not there', { file: 'C:\\missing.exe' }, /Windows error 2/],
    ['a dependency that is not installed', { dependsOn: ['gone'] }, /Windows error 1075/],
  ])('of %s fails with the number', async (_, settings, message) => {
    const manager = await installed(settings)
    await expect(manager.start('app')).rejects.toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(message),
    })
  })

  test('of a disabled service says how to enable it', async () => {
    const manager = await installed({ startType: 'disabled' })
    await expect(manager.start('app')).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringContaining('1058'),
      hint: expect.stringContaining('--start-type'),
    })
  })

  test('starts what it depends on first', async () => {
    const manager = await installed({ dependsOn: ['base'] })
    await manager.install(manager.plan(specOf({ name: 'base' })))
    await manager.start('app')
    expect((await manager.status('base')).phase).toBe('running')
  })

  test('waits for a checkpoint that stands still for as long as startTimeout, and no longer', async () => {
    const manager = await installed({ args: ['--start-ms', '60000'], startTimeout: 200 })
    const starting = manager.start('app')
    starting.catch(() => {})
    const service = scm.services.get('app')
    if (service !== undefined) service.frozen = true
    await expect(starting).rejects.toMatchObject({
      code: 'START_TIMEOUT',
      params: { seconds: 0.2 },
    })
  })

  test('during stopping waits for the end and starts anew', async () => {
    const manager = await installed({ args: ['--stop-ms', '100'] })
    await manager.start('app')
    const { pid } = await manager.status('app')
    const stopping = manager.stop('app')
    // No time goes by between these looks, so that it cannot have stopped before it was seen stopping.
    let phase = ''
    for (let look = 0; look < 100 && phase !== 'stopping'; look += 1) {
      phase = (await manager.status('app')).phase
    }
    expect(phase).toBe('stopping')
    await manager.start('app')
    const after = await manager.status('app')
    expect(after.phase).toBe('running')
    expect(after.pid).not.toBe(pid)
    await stopping.catch(() => {})
  })
})

describe('stop', () => {
  test('of a service that never ends gives up after stopTimeout without progress', async () => {
    const manager = await installed({ args: ['--stop', 'never'], stopTimeout: 200 })
    await manager.start('app')
    const stopping = manager.stop('app')
    stopping.catch(() => {})
    const service = scm.services.get('app')
    if (service !== undefined) service.frozen = true
    await expect(stopping).rejects.toMatchObject({ code: 'STOP_TIMEOUT' })
    service?.process?.signal('kill')
  })
})

describe('L04 stop of a service that the SCM is going to restart', () => {
  const crashing = ['--then', 'exit7', '--after-ms', '5', '--record', 'C:\\r']
  const starts = (): number => (scm.files.get('C:\\r.events') ?? '').split('start\n').length - 1

  test('outlasts the restart, and no start happens afterwards', async () => {
    const restart = { when: 'on-failure', delay: 100, limit: { count: 2, window: 60_000 } } as const
    const manager = await installed({ args: crashing, restart })
    await manager.start('app').catch(() => {})
    await expect.poll(async () => (await manager.status('app')).phase).toBe('fatal')
    await manager.stop('app')
    expect(starts()).toBe(2)
    expect(scm.services.get('app')?.restartPending).toBe(false)
    expect((await manager.status('app')).pid).toBeNull()
  })

  test('is refused where the restart is an hour away', async () => {
    const restart = { when: 'on-failure', delay: 3_600_000, limit: null } as const
    const manager = await installed({ args: crashing, restart })
    await manager.start('app').catch(() => {})
    await expect.poll(async () => (await manager.status('app')).phase).toBe('backoff')
    await expect(manager.stop('app')).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringContaining('3600 s'),
    })
    await manager.uninstall('app')
    expect(await manager.list()).toEqual([])
  })

  test('an uninstall and a restart need not wait for it', async () => {
    const restart = { when: 'on-failure', delay: 60_000, limit: null } as const
    const manager = await installed({ args: crashing, restart })
    await manager.start('app').catch(() => {})
    await expect.poll(async () => (await manager.status('app')).phase).toBe('backoff')
    await manager.restart('app').catch(() => {})
    expect(starts()).toBe(2)
    await manager.uninstall('app')
    expect((await manager.status('app')).phase).toBe('not-installed')
  })
})

describe('S05 failure actions', () => {
  test('give up after the starts of the limit, and an operator may start again', async () => {
    const manager = await installed({
      args: ['--then', 'exit7', '--after-ms', '5', '--record', 'C:\\r'],
      restart: { when: 'on-failure', delay: 5, limit: { count: 3, window: 60_000 } },
    })
    // It may have ended before it was seen running.
    await manager.start('app').catch(() => {})
    const starts = (): number => (scm.files.get('C:\\r.events') ?? '').split('start\n').length - 1
    await expect.poll(starts).toBe(3)
    await expect.poll(async () => (await manager.status('app')).pid).toBeNull()
    expect(await manager.status('app')).toMatchObject({
      phase: 'fatal',
      lastExit: { exit: { kind: 'code', code: 7 } },
      why: expect.stringContaining('at most 2 times in a row'),
    })
    await manager.start('app').catch(() => {})
    await expect.poll(starts).toBe(4)
  })

  test('of a guard do not follow the code with which it gave up, and a stop waits for nothing', async () => {
    const manager = await installed({ protocol: 'none' })
    // What the guard of a program reports that has failed for good.
    await scm.control.change('app', {
      commandLine: `"${SIMULATED_EXECUTABLE}" --then exit7 --after-ms 5`,
    })
    await manager.start('app').catch(() => {})
    await expect.poll(async () => (await manager.status('app')).pid).toBeNull()
    expect(scm.services.get('app')?.restartPending).toBe(false)
    expect(await manager.status('app')).toMatchObject({
      phase: 'fatal',
      lastExit: { exit: { kind: 'code', code: 7 } },
      why: 'it ended with code 7',
    })
    const standing = { ...systemClock(), sleep: async () => expect.unreachable('it waits') }
    await simulatedManager(scm, scm.control, null, standing).stop('app')
  })

  test('of a guard bring it back when it dies without a word', async () => {
    const manager = await installed({ protocol: 'none' })
    await scm.control.change('app', { commandLine: `"${SIMULATED_EXECUTABLE}"` })
    await manager.start('app')
    scm.services.get('app')?.process?.signal('kill')
    await expect.poll(() => scm.services.get('app')?.restartPending).toBe(true)
  })

  test('a killed process is a failure without a code', async () => {
    const manager = await installed({ restart: { when: 'no', delay: 0, limit: null } })
    await manager.start('app')
    scm.services.get('app')?.process?.signal('kill')
    await expect.poll(async () => (await manager.status('app')).phase).toBe('fatal')
    expect((await manager.status('app')).lastExit?.exit).toEqual({ kind: 'unknown' })
  })
})

describe('controls', () => {
  test('of the service’s own reach it when it runs', async () => {
    const manager = await installed()
    await expect(manager.control('app', 200)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    await manager.start('app')
    await manager.control('app', 200)
    expect(scm.services.get('app')?.log.join()).toContain('control 200')
    await expect(manager.control('app', 7)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a service may answer before it is on its way, and is waited for', async () => {
    await (await installed()).start('app')
    const { control } = scm
    const manager = simulatedManager(scm, {
      ...control,
      control: async (...of) => void setTimeout(() => void control.control(...of), 60),
    })
    await manager.pause('app')
    expect((await manager.status('app')).phase).toBe('paused')
    await manager.resume('app')
    expect((await manager.status('app')).phase).toBe('running')
  })

  test('a service that answers and stays as it was has failed, after five seconds', async () => {
    await (await installed()).start('app')
    const clock = fakeClock()
    const deaf = { ...scm.control, control: async () => {} }
    await expect(simulatedManager(scm, deaf, null, clock).pause('app')).rejects.toMatchObject({
      code: 'MANAGER_FAILED',
      message: expect.stringContaining('the service is still running'),
    })
    expect(clock.monotonic()).toBeGreaterThan(4_900)
    expect(clock.monotonic()).toBeLessThan(6_000)
  })

  test('that a service does not accept are unsupported; on its way it is a matter of time', async () => {
    const manager = await installed({ args: ['--start-ms', '60000'] })
    const starting = manager.start('app')
    starting.catch(() => {})
    await expect.poll(async () => (await manager.status('app')).phase).toBe('starting')
    await expect(manager.pause('app')).rejects.toMatchObject({
      code: 'TRANSITION_ILLEGAL',
      params: { from: 'start pending', legal: ['stop'] },
    })
    await manager.stop('app')
    await manager.install(manager.plan(specOf()))
    await manager.start('app')
    const service = scm.services.get('app')
    if (service !== undefined) service.status = { ...service.status, accepts: 1 }
    await expect(manager.pause('app')).rejects.toMatchObject({ code: 'VERB_UNSUPPORTED' })
    await expect(manager.reload('app')).rejects.toMatchObject({ code: 'VERB_UNSUPPORTED' })
  })
})

test('S08 an ordinary user may ask and list, and may not even install what is the same', async () => {
  await installed()
  const other = simulatedManager(scm, scm.ordinary)
  expect(await other.list()).toHaveLength(1)
  await expect(other.install(other.plan(specOf()))).rejects.toMatchObject({
    code: 'RIGHTS',
    hint: expect.stringContaining('administrator'),
  })
})

test('a manager that does not answer is unavailable, by its number', async () => {
  const connect = (): Promise<void> => Promise.reject(new WindowsError('OpenSCManagerW', 1722))
  const manager = simulatedManager(scm, { ...scm.control, connect })
  await expect(manager.requireAvailable()).rejects.toMatchObject({ code: 'MANAGER_UNAVAILABLE' })
})
