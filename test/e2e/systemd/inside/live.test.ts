/** `examples/live`: a port and a log level that change while it runs, under systemd and without a guard. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { until } from '../../../contract/until.ts'
import { workspace } from './manager.ts'

const checkout = fileURLToPath(new URL('../../../../', import.meta.url))
const stead = join(checkout, 'bin/stead.js')
const app = join(checkout, 'examples/live/app.ts')
const PARAMETERS = '/var/lib/stead/state/parameters/live'
const [FIRST, SECOND] = [18_091, 18_092]
const directory = join(workspace, 'live')
const file = join(directory, 'live.yaml')

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function node(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: '/root', LANG: 'C.UTF-8' },
    cwd: '/',
  })
  return { code: status, out: stdout, err: stderr }
}

const self = (...args: string[]): Outcome => node(app, ...args)
const set = (...args: string[]): Outcome => node(stead, 'set', 'live', ...args)
const pid = (): unknown => JSON.parse(self('status', '--json').out).services[0].pid
const log = (): string => node(stead, 'logs', 'live', '-n', '100').out

/** On a connection of its own: one that was kept would be that of the process before a restart. */
async function ask(port: number, path = '/'): Promise<unknown> {
  try {
    const headers = { connection: 'close' }
    return await (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).json()
  } catch {
    return null
  }
}

/** Installed and started with what `text` says. */
function start(text: string, ...options: string[]): void {
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, 0o755)
  writeFileSync(file, text)
  expect(self('install', '--config', file, ...options)).toMatchObject({ code: 0 })
  expect(self('start')).toMatchObject({ code: 0 })
}

afterEach(() => {
  self('uninstall')
  expect(existsSync(PARAMETERS)).toBe(false)
})

test('another port is listened on before the old one is let go, and nothing that is asked is lost', async () => {
  start(`port: ${FIRST}\n`)
  const before = pid()
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'info' })
  // It answers by what holds then: the other configuration has to be there in time.
  const slow = ask(FIRST, '/?wait=8000')
  await until('it is being answered', () => connections().includes(`:${FIRST}`))
  writeFileSync(file, `port: ${SECOND}\nlogLevel: debug\n`)
  const changed = JSON.stringify({ port: SECOND, level: 'debug' })
  await until('it listens there, with its level', async () => {
    return JSON.stringify(await ask(SECOND)) === changed
  })
  expect(await ask(FIRST)).toBeNull()
  expect(await slow).toEqual({ port: FIRST, level: 'debug' })
  await until('the old one is let go', () => log().includes(`let go of port ${FIRST}`))
  expect(self('status').out).toContain(`http://127.0.0.1:${SECOND}/`)
  expect(pid()).toBe(before)
})

test('a port that is taken is refused, and it goes on where it is', async () => {
  start(`port: ${FIRST}\n`)
  const taken = createServer().listen(SECOND, '127.0.0.1')
  await once(taken, 'listening')
  try {
    writeFileSync(file, `port: ${SECOND}\nlogLevel: debug\n`)
    await until('it is refused', () => /reload refused: .*EADDRINUSE/.test(log()))
    expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'info' })
  } finally {
    taken.close()
  }
})

test('the log level is set for a time, over a restart too, and refused where it is none', async () => {
  start(`port: ${FIRST}\n`)
  const before = pid()
  expect(set().out).toContain('one of configured, debug, info, warning')
  const { code, out } = set('logLevel=debug', '--for', '1h')
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/was configured\), until .*\nlive has taken it\n$/),
  ])
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'debug' })
  expect(pid()).toBe(before)
  expect(set('logLevel=dbug')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean debug?'),
  })
  expect(self('restart').code).toBe(0)
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'debug' })
  expect(set('--reset', 'logLevel').out).toContain('live has taken it')
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'info' })
  expect(set('logLevel=warning', '--for', '1s').code).toBe(0)
  await until('its time is over', async () => {
    const answer = (await ask(FIRST)) as { level: string } | null
    return answer?.level === 'info'
  })
  expect(self('stop').code).toBe(0)
  expect(set('logLevel=debug').out).toContain('pending: it does not run')
  expect(self('start').code).toBe(0)
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'debug' })
})

test('a user of its own, and the strictest preset, are no hindrance', async () => {
  start(`port: ${FIRST}\n`, '--user', 'redis', '--harden=strict')
  expect(set('logLevel=debug')).toMatchObject({
    code: 0,
    out: expect.stringContaining('live has taken it'),
  })
  expect(await ask(FIRST)).toEqual({ port: FIRST, level: 'debug' })
})

function connections(): string {
  return spawnSync('ss', ['-tnH', 'state', 'established'], { encoding: 'utf8' }).stdout
}
