import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseSpec } from '../../src/config/parse-spec.ts'
import type { InstanceStatus } from '../../src/model/guard-status.ts'
import { until } from '../contract/until.ts'
import { root, stead } from './stead.ts'

let home: string
let running: ChildProcess[]
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stead-run-'))
  mkdirSync(join(home, 'specs'))
  running = []
})
afterEach(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  rmSync(home, { recursive: true, force: true })
})

/** Writes what `stead install` would have recorded. */
function record(settings: object): void {
  const spec = parseSpec({ name: 'demo', ...settings }, 'the test')
  const told = { manager: 'systemd', scope: 'user', installedAt: '2026-01-01T00:00:00.000Z' }
  const text = JSON.stringify({ version: 1, ...told, spec })
  writeFileSync(join(home, 'specs', 'demo.json'), text)
}

/** `stead run demo` as a process; what it says on standard error. */
function run(): { child: ChildProcess; said: () => string; ended: Promise<number | null> } {
  const args = [join(root, 'bin/stead.js'), 'run', 'demo', '--scope', 'user', '--home', home]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(child)
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said: () => text, ended }
}

async function told(): Promise<InstanceStatus | undefined> {
  const { stdout, code } = await stead([
    'status',
    'demo',
    '--json',
    '--scope',
    'user',
    '--home',
    home,
  ])
  if (code !== 0) return undefined
  return (JSON.parse(stdout) as { services: InstanceStatus[] }).services[0]
}

const STAYS = ['/bin/sh', '-c', 'echo up; exec sleep 1000']

describe.skipIf(process.platform === 'win32')('stead run, in a terminal', () => {
  test('keeps the program, tells of it like any guard, and leaves nothing at Ctrl-C', async () => {
    record({ command: STAYS, restart: { factor: 2, delay: '10ms' } })
    const { child, said, ended } = run()
    const first = await until('it runs', async () => {
      const now = await told()
      return now?.ready ? now : null
    })
    process.kill(first.pid as number, 'SIGKILL')
    const second = await until('it is back', async () => {
      const now = await told()
      return now?.ready && now.pid !== first.pid ? now : null
    })
    expect(second.restarts).toBe(1)
    const logs = await stead(['logs', 'demo', '--scope', 'user', '--home', home])
    expect(logs.stdout.match(/ up$/gm)).toHaveLength(2)
    const again = await stead(['run', 'demo', '--scope', 'user', '--home', home])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringMatching(/GUARD_RUNNING/) })

    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(said()).toMatch(/running demo after/)
    expect(existsSync(`/proc/${second.pid}`)).toBe(false)
  })

  test('ends with code 70 when the program failed for good, and says why', async () => {
    record({ command: ['/bin/false'], restart: { delay: 0, jitter: 0, limit: '2/1m' } })
    const { said, ended } = run()
    expect(await ended).toBe(70)
    expect(said()).toMatch(/demo is fatal/)
  })

  test('ends with code 0 when the program has ended well and is not to be restarted', async () => {
    record({ command: ['/bin/true'], startSeconds: 0, restart: { when: 'on-failure' } })
    expect(await run().ended).toBe(0)
  })

  test('refuses what is not installed, with the next command', async () => {
    const { code, stderr } = await stead(['run', 'nothing', '--scope', 'user', '--home', home])
    expect(code).toBe(5)
    expect(stderr).toMatch(/NOT_INSTALLED[\s\S]*stead list/)
  })
})
