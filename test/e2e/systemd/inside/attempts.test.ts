import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { scenario } from './scenario.ts'

const script = fileURLToPath(new URL('./attempt.ts', import.meta.url))
const run = promisify(execFile)

interface Caller {
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
}

/** What came of an attempt by a process of its own, as root or as another user. */
async function attempt(
  [scope, action, name]: readonly [string, string, string],
  { user, env = {} }: Caller = {},
): Promise<Record<string, unknown>> {
  const node = [process.execPath, script, scope, action, name]
  const home = user === undefined ? '/root' : `/home/${user}`
  const drop = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', '--']
  const [file = '', ...args] = user === undefined ? node : [...drop, ...node]
  const { stdout } = await run(file, args, { env: { PATH: '/usr/bin:/bin', HOME: home, ...env } })
  return JSON.parse(stdout) as Record<string, unknown>
}

const NOBODY_YET = 'stead-no-login'
const unitOf = (name: string): string => `/etc/systemd/system/${name}.service`

beforeAll(() => {
  execFileSync('useradd', ['--create-home', NOBODY_YET])
})

afterAll(async () => {
  // Which is refused while a process of theirs is yet to end.
  await until('the user is gone', () => spawnSync('userdel', ['--remove', NOBODY_YET]).status === 0)
})

describe('S08 a user without rights', () => {
  const caller = { user: NOBODY_YET }

  test.each(['install', 'install-bare'])('%s is refused, and nothing is half done', async (how) => {
    const name = `no-right-${how}`
    const outcome = await attempt(['system', how, name], caller)
    expect(outcome).toMatchObject({ code: 'RIGHTS', hint: expect.stringMatching(/sudo/) })
    expect(existsSync(unitOf(name))).toBe(false)
    expect(await attempt(['system', 'status', name], caller)).toEqual({ value: 'not-installed' })
  })

  test('may ask, and changes nothing', async () => {
    await scenario(async ({ install, manager, name, file }) => {
      await install(['--record', file])
      await manager.start(name)
      const { pid } = await manager.status(name)
      for (const action of ['start', 'stop', 'restart', 'uninstall', 'logs']) {
        const outcome = await attempt(['system', action, name], caller)
        // It runs already, so a start has nothing to do.
        if (action === 'start') expect(outcome).toEqual({ value: null })
        else expect(outcome).toMatchObject({ code: 'RIGHTS' })
      }
      expect(await attempt(['system', 'status', name], caller)).toEqual({ value: 'running' })
      expect((await manager.status(name)).pid).toBe(pid)
      await manager.stop(name)
      expect(await attempt(['system', 'start', name], caller)).toMatchObject({ code: 'RIGHTS' })
    })
  })
})

describe('a user’s systemd', () => {
  test('that does not run is named, with what starts it', async () => {
    const outcome = await attempt(['user', 'install', 'x'], { user: NOBODY_YET })
    expect(outcome).toMatchObject({
      code: 'MANAGER_UNAVAILABLE',
      hint: expect.stringMatching(`loginctl enable-linger ${NOBODY_YET}`),
    })
  })

  test.each([
    ['without XDG_RUNTIME_DIR, as under cron', {}],
    ['with that of another user, as under sudo', { XDG_RUNTIME_DIR: '/run/user/0' }],
  ])('is found %s', async (_, env) => {
    const caller = { user: 'stead-e2e', env }
    expect(await attempt(['user', 'install', 'from-cron'], caller)).toEqual({ value: 'created' })
    expect(await attempt(['user', 'start', 'from-cron'], caller)).toEqual({ value: null })
    expect(await attempt(['user', 'status', 'from-cron'], caller)).toEqual({ value: 'running' })
    expect(await attempt(['user', 'uninstall', 'from-cron'], caller)).toEqual({ value: null })
  })
})

describe('lingering', () => {
  const lingers = (user: string): boolean => existsSync(`/var/lib/systemd/linger/${user}`)
  const startManagerOf = (user: string): string => {
    const uid = execFileSync('id', ['--user', user], { encoding: 'utf8' }).trim()
    execFileSync('systemctl', ['start', `user@${uid}.service`])
    return `user@${uid}.service`
  }

  test('is asked for by the first service that starts by itself, and ends with the last', async () => {
    startManagerOf('root')
    expect(lingers('root')).toBe(false)
    expect(await attempt(['user', 'install', 'manual-one'])).toEqual({ value: 'created' })
    expect(lingers('root')).toBe(false)
    for (const name of ['auto-one', 'auto-two']) {
      expect(await attempt(['user', 'install-auto', name])).toEqual({ value: 'created' })
      expect(lingers('root')).toBe(true)
    }
    expect(await attempt(['user', 'uninstall', 'auto-one'])).toEqual({ value: null })
    expect(lingers('root')).toBe(true)
    expect(await attempt(['user', 'uninstall', 'auto-two'])).toEqual({ value: null })
    expect(lingers('root')).toBe(false)
    startManagerOf('root')
    expect(await attempt(['user', 'uninstall', 'manual-one'])).toEqual({ value: null })
  })

  test('takes no right that a user does not have, and the service starts without a login', async () => {
    const manager = startManagerOf(NOBODY_YET)
    const caller = { user: NOBODY_YET }
    const name = 'at-boot'
    expect(await attempt(['user', 'install-auto', name], caller)).toEqual({ value: 'created' })
    expect(lingers(NOBODY_YET)).toBe(true)
    execFileSync('systemctl', ['restart', manager])
    await until('it has started with the manager', async () => {
      return (await attempt(['user', 'status', name], caller)).value === 'running'
    })
    expect(await attempt(['user', 'uninstall', name], caller)).toEqual({ value: null })
    expect(lingers(NOBODY_YET)).toBe(false)
    execFileSync('systemctl', ['stop', manager])
  })
})

test('of many installations at once one is done, and the others are told or find it done', async () => {
  const name = 'at-once'
  const tries = Array.from({ length: 5 }, () => attempt(['system', 'install', name]))
  const outcomes = await Promise.all(tries)
  const values = outcomes.map(({ value, code }) => value ?? code)
  expect(values.filter((value) => value === 'created')).toHaveLength(1)
  for (const value of values) expect(['created', 'unchanged', 'BUSY']).toContain(value)
  expect(await attempt(['system', 'start', name])).toEqual({ value: null })
  expect(await attempt(['system', 'uninstall', name])).toEqual({ value: null })
  expect(existsSync(unitOf(name))).toBe(false)
})
