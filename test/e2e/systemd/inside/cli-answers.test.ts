/** What the command line answers on a real systemd: codes, JSON, followed logs, rights, two at once. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { workspace } from './manager.ts'

const checkout = fileURLToPath(new URL('../../../../', import.meta.url))
const command = join(checkout, 'bin/stead.js')
const story = join(checkout, 'test/fixtures/services/story.ts')
const unit = (name: string): string => `/etc/systemd/system/${name}.service`

/** The user nobody of Debian. */
const NOBODY = 65_534

interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

interface Running extends Ran {
  readonly child: ChildProcess
  readonly ended: Promise<Ran>
}

function begin(args: readonly string[], uid?: number): Running {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', HOME: uid === undefined ? '/root' : '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  const running = { child, code: null as number | null, out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    running.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    running.err += text
  })
  const ended = new Promise<Ran>((done) => {
    child.once('close', (code) => {
      // What takes longer than a second is told, and how long it takes is the machine's business.
      done({ code, out: running.out, err: running.err.replace(/^.* …\n/gm, '') })
    })
  })
  return Object.assign(running, { ended })
}

const run = (...args: string[]): Promise<Ran> => begin(args).ended

describe('an installed service', () => {
  const name = 'answers'

  beforeAll(async () => {
    const echo = 'i=0; while sleep 0.1; do i=$((i+1)); echo "line $i"; done'
    expect(await run('install', name, '--', '/bin/sh', '-c', echo)).toMatchObject({ code: 0 })
  })
  afterAll(async () => {
    await run('uninstall', name)
  })

  test('is told what to do next by its installation, and by nothing with --quiet', async () => {
    await run('uninstall', name)
    const first = await run('install', name, '--', '/bin/sh', '-c', 'sleep infinity')
    expect(first.out).toMatch(/^answers is installed$\n^next: stead start answers$/m)
    const quiet = await run('install', name, '-q', '--', '/bin/sh', '-c', 'sleep infinity')
    expect(quiet).toEqual({ code: 0, out: '', err: '' })
    const again = await run('install', name, '--json', '--', '/bin/sh', '-c', 'sleep infinity')
    expect(JSON.parse(again.out)).toMatchObject({ name, outcome: 'unchanged' })
    const echo = 'i=0; while sleep 0.1; do i=$((i+1)); echo "line $i"; done'
    const changed = await run('install', name, '--', '/bin/sh', '-c', echo)
    expect(changed.out).toMatch(/^answers is updated in place/m)
  })

  test('has a status with exit code 3 stopped, 0 running, and every fact in JSON', async () => {
    const stopped = await run('status', name, '--json')
    expect(stopped.code).toBe(3)
    expect(JSON.parse(stopped.out).services[0]).toMatchObject({ name, phase: 'stopped', pid: null })

    expect(await run('start', name)).toMatchObject({ code: 0 })
    const running = await run('status', name, '--json')
    expect(running).toMatchObject({ code: 0, err: '' })
    const [facts] = JSON.parse(running.out).services
    expect(facts).toMatchObject({
      name,
      manager: 'systemd',
      scope: 'system',
      ours: true,
      want: 'up',
      phase: 'running',
      ready: true,
      restarts: 0,
      pid: expect.any(Number),
      memory: expect.any(Number),
    })
    expect(Date.parse(facts.startedAt)).toBeGreaterThan(Date.now() - 60_000)
    const text = await run('status', name)
    for (const fact of [
      'phase',
      'want',
      'ready',
      'pid',
      'uptime',
      'memory',
      'restarts',
      'manager',
    ]) {
      expect(text.out).toMatch(new RegExp(`^  ${fact}: +\\S`, 'm'))
    }
    expect(await run('status', name, '--quiet')).toEqual({ code: 0, out: '', err: '' })
    expect((await run('status', name, 'no-such-service')).code).toBe(4)
  })

  test('has a log that can be followed until it is interrupted', async () => {
    await run('start', name)
    const following = begin(['logs', name, '-f', '-n', '1'])
    await until('three lines came', () => following.out.split('\n').length > 3)
    following.child.kill('SIGINT')
    const { code, err } = await following.ended
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines = following.out.trimEnd().split('\n')
    const numbers = lines.map((line) => Number(/line (\d+)$/.exec(line)?.[1]))
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] as number) + index))
    const newest = await run('logs', name, '-n', '2', '--json')
    const parsed = newest.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(parsed).toHaveLength(2)
    expect(parsed[0]).toMatchObject({ service: name, text: expect.stringMatching(/^line \d+$/) })
    expect((await run('logs', name, '--since', '1h')).out).toMatch(/line 1$/m)
  })

  test('S07 is not there twice: verbs for what is not installed end with 5, status with 4', async () => {
    for (const verb of ['start', 'stop', 'restart', 'uninstall', 'reload', 'pause']) {
      expect(await run(verb, 'no-such-service')).toMatchObject({
        code: 5,
        err: expect.stringMatching(/^error: NOT_INSTALLED: .*\nhint: .*stead list\n$/),
      })
    }
    expect((await run('logs', 'no-such-service')).code).toBe(5)
  })
})

test('what takes longer than a second says so, on standard error', async () => {
  await run('install', 'slow', '--native', '--', process.execPath, story, '--start-ms', '1800')
  const starting = begin(['start', 'slow'])
  const { code } = await starting.ended
  expect({ code, err: starting.err }).toEqual({ code: 0, err: 'starting slow …\n' })
  expect((await run('uninstall', 'slow')).code).toBe(0)
})

test('two installations at once: one service, whole, and what did not happen is told as such', async () => {
  const install = (seconds: string): Promise<Ran> =>
    run('install', 'at-once', '--autostart', '--', '/bin/sleep', seconds)
  const ran = await Promise.all(['11', '12', '13', '14'].map(install))
  expect(ran.filter(({ code }) => code === 0).length).toBeGreaterThan(0)
  for (const { code, err } of ran) {
    if (code !== 0)
      expect(err).toMatch(
        /^error: BUSY: "at-once" is being changed by (process \d+|another process)\n/,
      )
  }
  expect((await run('status', 'at-once')).code).toBe(3)
  expect(await run('uninstall', 'at-once')).toMatchObject({ code: 0 })
  expect(existsSync(unit('at-once'))).toBe(false)
  // Guards of other suites may have been there.
  expect(readdirSync('/run/stead').filter((entry) => entry !== 'guards')).toEqual([])
})

describe('S08 without rights', () => {
  const as = (...args: string[]): Promise<Ran> => begin(args, NOBODY).ended

  test('nothing is installed, and the right that it needs is named', async () => {
    const { code, err } = await as('install', 'rightless', '--', '/bin/sleep', '1')
    expect(code).toBe(4)
    expect(err).toMatch(/^error: RIGHTS: .*\nhint: .*(sudo|--scope user).*\n$/)
    expect(existsSync(unit('rightless'))).toBe(false)
  })

  test('a service of root is neither started, stopped nor removed, but its status is told', async () => {
    await run('install', 'of-root', '--', '/bin/sleep', 'infinity')
    await run('start', 'of-root')
    for (const verb of ['stop', 'restart', 'uninstall']) {
      const { code, err } = await as(verb, 'of-root')
      expect([verb, code, err]).toEqual([verb, 4, expect.stringMatching(/^error: RIGHTS: /)])
    }
    expect(await as('status', 'of-root')).toMatchObject({ code: 0, err: '' })
    expect((await as('list')).out).toMatch('of-root')
    expect((await run('uninstall', 'of-root')).code).toBe(0)
  })

  test('a plan can be made all the same', async () => {
    expect(await as('install', 'planned', '--dry-run', '--', '/bin/sh')).toMatchObject({ code: 0 })
  })

  test('a file that may not be looked at is told as such', async () => {
    const closed = join(workspace, 'closed')
    mkdirSync(closed)
    writeFileSync(join(closed, 'config'), '')
    chmodSync(closed, 0o700)
    const { code, err } = await as(
      'install',
      'x',
      '--dry-run',
      '--config',
      join(closed, 'config'),
      '--',
      '/bin/sh',
    )
    expect(code).toBe(2)
    expect(err).toMatch(/^error: FILE_UNREADABLE: .*EACCES/)
  })

  test('a user without a systemd of their own is told how to get one', async () => {
    const { code, err } = await as('status', 'x', '--scope', 'user')
    expect(code).toBe(1)
    expect(err).toMatch(/^error: MANAGER_UNAVAILABLE: .*\nhint: .*enable-linger/)
  })
})
