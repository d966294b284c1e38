import { describe, expect, test } from 'vitest'
import { sleepingClock } from '../../../test/fakes/clock.ts'
import { type Scripted, scriptedRunner } from '../../../test/fakes/command-runner.ts'
import { memoryFiles } from '../../../test/fakes/file-system.ts'
import { homeOf } from '../../model/home.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { launchdManager } from './launchd-manager.ts'

const DAEMONS = '/Library/LaunchDaemons'
const KEPT = '/Library/Application Support/stead/state/launchd'

function bench(
  scope: Scope,
  answer: (verb: string, target: string) => Scripted = (verb) => (verb === 'print' ? 113 : 0),
) {
  const files = memoryFiles()
  const clock = sleepingClock()
  const runner = scriptedRunner((_, args) => answer(args[0] as string, args.at(-1) as string))
  const manager = (root: string | null = null) =>
    launchdManager({
      scope,
      home: homeOf({ platform: 'darwin', scope, env: {}, userHome: '/Users/x', root }),
      files,
      runner,
      clock,
      accounts: {
        userExists: async () => true,
        groupExists: async () => true,
        isPrivileged: () => true,
        self: () => ({ name: 'x', uid: 501, home: '/Users/x' }),
      },
      logFiles: { async *tail() {} },
    })
  const install = (spec: ServiceSpec, by = manager()) => by.install(by.plan(spec))
  return { files, runner, manager, install }
}

const web = (settings: Partial<ServiceSpec> = {}) =>
  completeSpec({ name: 'web', file: '/bin/web', ...settings })

describe('an installation', () => {
  test('of what starts at boot goes where launchd looks, readable and not writable by others', async () => {
    const { files, install } = bench('system')
    await install(web({ startType: 'auto' }))
    expect([...files.contents].map(([path, { mode }]) => [path, mode])).toEqual([
      [`${DAEMONS}/web.plist`, 0o644],
    ])
  })

  test('of an agent is for its user only', async () => {
    const { files, install } = bench('user')
    await install(web({ startType: 'auto' }))
    expect([...files.contents].map(([path, { mode }]) => [path, mode])).toEqual([
      ['/Users/x/Library/LaunchAgents/web.plist', 0o600],
    ])
  })

  test.each(['manual', 'disabled'] as const)(
    'of what is %s goes where launchd does not look',
    async (startType) => {
      const { files, install, manager } = bench('system')
      await install(web({ startType }))
      expect([...files.contents.keys()]).toEqual([`${KEPT}/web.plist`])
      expect((await manager().status('web')).startType).toBe(startType)
    },
  )

  test('S06 with another start type moves the plist and leaves one', async () => {
    const { files, install } = bench('system')
    await install(web({ startType: 'manual' }))
    expect(await install(web({ startType: 'auto' }))).toBe('updated')
    expect([...files.contents.keys()]).toEqual([`${DAEMONS}/web.plist`])
    expect(await install(web({ startType: 'manual' }))).toBe('updated')
    expect([...files.contents.keys()]).toEqual([`${KEPT}/web.plist`])
  })

  test('S06 mends permissions that somebody changed', async () => {
    const { files, install } = bench('system')
    await install(web())
    const plist = files.contents.get(`${KEPT}/web.plist`) as { mode: number }
    plist.mode = 0o666
    expect(await install(web())).toBe('updated')
    expect(files.contents.get(`${KEPT}/web.plist`)?.mode).toBe(0o644)
  })

  test('loads nothing and runs nothing but the check of the plist', async () => {
    const { runner, install } = bench('system')
    await install(web({ startType: 'auto' }))
    const changing = runner.calls.filter(([, verb]) => verb !== 'print')
    expect(changing).toEqual([['/usr/bin/plutil', '-lint', '-s', `${DAEMONS}/web.plist`]])
  })
})

describe('S07 left alone is', () => {
  test('what another stead home installed', async () => {
    const { manager, install } = bench('system')
    await install(web({ startType: 'auto' }), manager('/opt/one'))
    const other = manager('/opt/two')
    expect((await other.status('web')).ours).toBe(false)
    await expect(install(web(), other)).rejects.toMatchObject({ code: 'FOREIGN' })
    await expect(other.uninstall('web')).rejects.toMatchObject({ code: 'FOREIGN' })
    expect(await other.list()).toEqual([])
  })

  test('a job that was loaded from elsewhere', async () => {
    const { manager, install } = bench('system', (_, target) => (target === 'system/web' ? 0 : 113))
    const status = await manager().status('web')
    expect([status.ours, status.phase]).toEqual([false, 'stopped'])
    await expect(install(web())).rejects.toMatchObject({
      code: 'FOREIGN',
      params: { where: 'system/web' },
    })
    await expect(manager().stop('web')).rejects.toMatchObject({ code: 'FOREIGN' })
  })
})

describe('start', () => {
  test('of a disabled service is refused', async () => {
    const { manager, install } = bench('system')
    await install(web({ startType: 'disabled' }))
    await expect(manager().start('web')).rejects.toThrow('installed with start type disabled')
  })

  test('with arguments is refused: launchd has no place for them', async () => {
    const { manager, install } = bench('system')
    await install(web())
    await expect(manager().start('web', ['-v'])).rejects.toMatchObject({ code: 'VERB_UNSUPPORTED' })
  })

  test('without a domain says that nobody is logged in', async () => {
    const { manager, install } = bench('user')
    await install(web())
    await expect(manager().start('web')).rejects.toMatchObject({ code: 'MANAGER_UNAVAILABLE' })
    await expect(manager().requireAvailable()).rejects.toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
    })
  })
})

describe('status tells', () => {
  const withJob = (...lines: string[]) =>
    bench('system', (verb, target) =>
      verb === 'print' && target === 'system/web' ? { stdout: `${lines.join('\n')}\n` } : 113,
    )
  const restart = (when: 'always' | 'on-failure' | 'no') => ({
    restart: { when, delay: 1_000, limit: null },
  })

  test.each([
    ['no', ['\tlast exit code = 3'], 'fatal', 'down'],
    ['no', ['\tlast exit code = 0'], 'stopped', 'down'],
    ['on-failure', ['\tlast exit code = 3'], 'backoff', 'up'],
    ['on-failure', ['\tlast exit code = 0'], 'stopped', 'down'],
    ['on-failure', ['\tlast terminating signal = Killed: 9'], 'backoff', 'up'],
    ['always', ['\tlast exit code = 0'], 'backoff', 'up'],
    ['always', ['\tlast exit code = (never exited)'], 'starting', 'up'],
    ['always', ['\tpid = 7'], 'running', 'up'],
  ] as const)('restart %s, %j: %s', async (when, lines, phase, want) => {
    const { files, manager } = withJob(...lines)
    const [file] = manager().plan(web(restart(when))).files
    files.contents.set(file?.path as string, { text: file?.text as string, mode: 0o644 })
    const status = await manager().status('web')
    expect([status.phase, status.want]).toEqual([phase, want])
  })

  test('what code 78 may mean, and how often launchd started it again', async () => {
    const { files, manager } = withJob('\truns = 4', '\tlast exit code = 78: EX_CONFIG')
    const [file] = manager().plan(web(restart('no'))).files
    files.contents.set(file?.path as string, { text: file?.text as string, mode: 0o644 })
    const status = await manager().status('web')
    expect(status.why).toContain('could not start the program at all')
    expect(status.restarts).toBe(3)
    expect(status.lastExit).toEqual({ exit: { kind: 'code', code: 78 }, at: null })
  })
})
