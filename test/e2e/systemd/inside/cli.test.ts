import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { fingerprint } from './facts.ts'
import { workspace } from './manager.ts'

const checkout = fileURLToPath(new URL('../../../../', import.meta.url))
const stead = join(checkout, 'bin/stead.js')
const hello = join(checkout, 'examples/hello/app.ts')

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function node(args: readonly string[], env: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: '/root', LANG: 'C.UTF-8', ...env },
    cwd: '/',
  })
  // What takes longer than a second is told, and how long it takes is the machine's business.
  return { code: status, out: stdout, err: stderr.replace(/^.* …\n/gm, '') }
}

const run = (...args: string[]): Outcome => node([stead, ...args])

/** The one line, with a code and a hint, that a command ends with when it fails. */
function failsWith(outcome: Outcome, exit: number, text: RegExp): void {
  expect([outcome.code, outcome.err]).toEqual([exit, expect.stringMatching(text)])
}

describe('the command line', () => {
  test('installs, starts, asks about, stops and removes redis-server', async () => {
    const name = 'cli-redis'
    const install = ['install', `--name=${name}`, '--autostart', '--harden', '--user', 'redis']
    const command = [
      '--',
      'redis-server',
      '--port',
      '16380',
      '--save',
      '',
      '--dir',
      '/var/lib/redis',
    ]

    const dry = run(...install, '--dry-run', ...command)
    expect(dry.code).toBe(0)
    expect(dry.out).toMatch(/\/etc\/systemd\/system\/cli-redis\.service/)
    expect(dry.out).toMatch(/daemon-reload/)
    expect(fingerprint(name)).toBeNull()

    expect(run(...install, ...command).code).toBe(0)
    expect(run('status', name).code).toBe(3)
    expect(run('start', name).code).toBe(0)
    await until('it answers', () => spawnSync('redis-cli', ['-p', '16380', 'ping']).status === 0)
    const status = run('status', name)
    expect(status.code).toBe(0)
    expect(status.out).toMatch(/running/)
    const before = fingerprint(name)
    expect(run(...install, ...command).code).toBe(0)
    expect(fingerprint(name)).toBe(before)
    expect(run('list').out).toMatch(name)
    await until('the log is there', () => /Ready to accept/.test(run('logs', name, '-n', '50').out))
    expect(run('restart', name).code).toBe(0)
    expect(run('stop', name).code).toBe(0)
    expect(run('status', name).code).toBe(3)
    expect(run('uninstall', name).code).toBe(0)
    expect(run('status', name).code).toBe(4)
    expect(fingerprint(name)).toBeNull()
    expect(readdirSync('/var/lib/stead/specs')).not.toContain(`${name}.json`)
  })

  test('installs nginx, with its semicolon', async () => {
    const directory = mkdtempSync(join(workspace, 'nginx-'))
    const path = join(directory, 'nginx.conf')
    writeFileSync(
      path,
      `error_log stderr; pid ${directory}/pid; events {}
http { access_log off; server { listen 127.0.0.1:18081; location / { return 200 "from nginx\\n"; } } }`,
    )
    const command = ['--', '/usr/sbin/nginx', '-c', path, '-g', 'daemon off;']
    expect(run('install', 'cli-nginx', ...command)).toMatchObject({ code: 0, err: '' })
    expect(run('start', 'cli-nginx')).toMatchObject({ code: 0, err: '' })
    await until('it serves', () => get('http://127.0.0.1:18081/'))
    expect(await get('http://127.0.0.1:18081/')).toEqual([200, 'from nginx\n'])
    expect(run('uninstall', 'cli-nginx').code).toBe(0)
    expect(await get('http://127.0.0.1:18081/')).toBeNull()
  })

  test('keeps two homes apart', () => {
    const homes = ['one', 'two'].map((name) => join(workspace, name))
    const at = (home: number, ...args: string[]): Outcome =>
      node([stead, ...args], { STEAD_HOME: homes[home] as string })
    const command = ['--', '/bin/sleep', 'infinity']
    expect(at(0, 'install', 'apart', ...command).code).toBe(0)
    failsWith(at(1, 'install', 'apart', ...command), 1, /FOREIGN/)
    failsWith(at(1, 'uninstall', 'apart'), 1, /FOREIGN/)
    expect(at(1, 'list').out).not.toMatch('apart')
    expect(at(0, 'list').out).toMatch('apart')
    expect(existsSync(join(homes[0] as string, 'specs/apart.json'))).toBe(true)
    expect(at(0, 'uninstall', 'apart').code).toBe(0)
  })
})

describe('bad input is refused with a hint, and nothing is half done:', () => {
  mkdirSync(join(workspace, 'a directory'))
  writeFileSync(join(workspace, 'not executable'), '')
  const sleep = ['--', '/bin/sleep', '1']
  test.each<[string, string[], number, RegExp]>([
    ['a name with a slash', ['a/b', ...sleep], 2, /NAME_INVALID/],
    ['a name with dots', ['a..b', ...sleep], 2, /NAME_INVALID/],
    ['a name with a blank', ['a b', ...sleep], 2, /NAME_INVALID/],
    ['a name that is not ASCII', ['grüße', ...sleep], 2, /NAME_INVALID/],
    ['a name of 300 characters', ['x'.repeat(300), ...sleep], 2, /NAME_INVALID/],
    ['a reserved name', ['con', ...sleep], 2, /NAME_INVALID/],
    ['no command', ['bad'], 2, /./],
    ['a command that is not there', ['bad', '--', '/nonexistent'], 2, /COMMAND_UNUSABLE/],
    ['a command that no PATH has', ['bad', '--', 'no-such-command'], 2, /COMMAND_UNUSABLE/],
    ['a directory', ['bad', '--', join(workspace, 'a directory')], 2, /COMMAND_UNUSABLE/],
    ['no executable', ['bad', '--', join(workspace, 'not executable')], 2, /COMMAND_UNUSABLE/],
    ['an unknown user', ['bad', '--user', 'no-such-user', ...sleep], 2, /USER_UNKNOWN/],
    ['no working directory', ['bad', '--cwd', '/nonexistent', ...sleep], 2, /CWD_UNUSABLE/],
    ['a variable that systemd cannot carry', ['bad', '--env', 'a.b=1', ...sleep], 2, /./],
    ['a value that systemd cannot carry', ['bad', '--env', 'A=\u001b', ...sleep], 2, /UNSUPPORTED/],
    ['somebody else’s unit', ['systemd-logind', ...sleep], 1, /FOREIGN/],
  ])('%s', (_, args, exit, text) => {
    const before = readdirSync('/etc/systemd/system')
    const outcome = run('install', ...args)
    failsWith(outcome, exit, text)
    expect(outcome.err.trim().split('\n').length).toBeLessThanOrEqual(2)
    expect(readdirSync('/etc/systemd/system')).toEqual(before)
  })
})

test('the example of the SDK manages itself, end to end', async () => {
  const self = (...args: string[]): Outcome => node([hello, ...args])
  const url = 'http://127.0.0.1:18082'
  const config = join(workspace, 'greeting')
  writeFileSync(config, 'Guten Tag\n')
  const install = ['install', '--autostart', '--config', config, '--env', 'PORT=18082']
  expect(self(...install)).toMatchObject({ code: 0, err: '' })
  expect(self('start')).toMatchObject({ code: 0, err: '' })
  // It said that it was ready, so it is.
  expect(await get(`${url}/`)).toEqual([200, 'Guten Tag\n'])
  expect((await get(`${url}/healthz`))?.[0]).toBe(200)
  const status = self('status')
  expect(status.code).toBe(0)
  expect(status.out).toMatch(/http:\/\/127\.0\.0\.1:18082/)
  expect(self('pause')).toMatchObject({ code: 0, err: '' })
  expect((await get(`${url}/`))?.[0]).toBe(503)
  expect(run('status', 'hello').out).toMatch(/paused/)
  failsWith(self('pause'), 1, /TRANSITION_ILLEGAL.*resume/s)
  expect(self('resume')).toMatchObject({ code: 0, err: '' })
  writeFileSync(config, 'Moin\n')
  expect(self('reload')).toMatchObject({ code: 0, err: '' })
  expect(await get(`${url}/`)).toEqual([200, 'Moin\n'])
  expect(self('restart')).toMatchObject({ code: 0, err: '' })
  expect(self('stop').code).toBe(0)
  expect(self('status').code).toBe(3)
  failsWith(self('reload'), 7, /NOT_RUNNING/)
  expect(self('uninstall').code).toBe(0)
  expect(self('status').code).toBe(4)
  expect(fingerprint('hello')).toBeNull()
})

async function get(url: string): Promise<[number, string] | null> {
  try {
    // On a connection of its own: one that was kept is closed by the server while a command is waited for.
    const response = await fetch(url, { headers: { connection: 'close' } })
    return [response.status, await response.text()]
  } catch {
    return null
  }
}
