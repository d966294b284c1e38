import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { until } from '../../../contract/until.ts'
import { fingerprint } from './facts.ts'
import { workspace } from './manager.ts'

const command = fileURLToPath(new URL('../../../../bin/stead.js', import.meta.url))
const installed: string[] = []

function stead(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', HOME: '/root', LANG: 'C.UTF-8' },
    cwd: '/',
  })
  return { code: status, out: stdout, err: stderr }
}

/** Says that it is up and stays; `broken` in its directory is what its health is asked by. */
const PROGRAM = `import time
print("up", flush=True)
while True: time.sleep(1000)
`

/** Installs a program that needs a guard. */
function install(name: string, settings: object = {}): string {
  const directory = mkdtempSync(join(workspace, `${name}-`))
  const program = join(directory, 'program.py')
  writeFileSync(program, PROGRAM)
  const file = join(directory, 'service.yaml')
  const description = {
    name,
    command: ['/usr/bin/python3', program],
    cwd: directory,
    ready: { log: '^up$' },
    health: { exec: ['/usr/bin/test', '!', '-e', join(directory, 'broken')], every: '100ms' },
    restart: { delay: '50ms', factor: 2, limit: 'none' },
    ...settings,
  }
  writeFileSync(file, stringify(description))
  expect(stead('install', '-f', file)).toMatchObject({ code: 0, err: expect.any(String) })
  installed.push(name)
  return directory
}

function shown(name: string): Readonly<Record<string, string>> {
  const keys = 'Type,ActiveState,SubState,NRestarts,MainPID,StatusText,ControlGroup,ExecMainStatus'
  const text = execFileSync('systemctl', ['show', `--property=${keys}`, `${name}.service`], {
    encoding: 'utf8',
  })
  const lines = text.trim().split('\n')
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
}

interface Told {
  readonly phase: string
  readonly ready: boolean
  readonly pid: number | null
  readonly restarts: number
  readonly health: string
}

function told(name: string): Told | undefined {
  const { out } = stead('status', name, '--json')
  return (JSON.parse(out) as { services: Told[] }).services[0]
}

afterEach(() => {
  for (const name of installed.splice(0)) stead('uninstall', name)
})

describe('a service that its guard keeps', () => {
  test('is active once the program is ready, and heals without systemd', async () => {
    const directory = install('guarded-heals')
    expect(stead('start', 'guarded-heals')).toMatchObject({ code: 0 })
    const before = shown('guarded-heals')
    expect(before).toMatchObject({ Type: 'notify', ActiveState: 'active', NRestarts: '0' })
    const first = told('guarded-heals')
    expect(first).toMatchObject({ phase: 'running', ready: true, restarts: 0 })
    expect(String(first?.pid)).not.toBe(before.MainPID)

    process.kill(first?.pid as number, 'SIGKILL')
    const second = await until('it is back', () => {
      const now = told('guarded-heals')
      return now?.ready && now.pid !== first?.pid ? now : null
    })

    writeFileSync(join(directory, 'broken'), '')
    await until('it is restarted for its health', () => {
      const now = told('guarded-heals')
      return now !== undefined && now.pid !== second.pid
    })
    rmSync(join(directory, 'broken'))
    await until('it is healthy', () => {
      const now = told('guarded-heals')
      return now?.ready && now.health === 'healthy'
    })
    const after = shown('guarded-heals')
    expect(after).toMatchObject({ ActiveState: 'active', NRestarts: '0' })
    expect(after.MainPID).toBe(before.MainPID)
    await until('its guard says so', () => /running/.test(shown('guarded-heals').StatusText ?? ''))
    expect(stead('logs', 'guarded-heals').out).toMatch(/ up$/m)
    expect(stead('explain', 'guarded-heals').out).toMatch(/health/)
  })

  test('waits for what it needs, and systemd with it', async () => {
    const directory = install('guarded-needs', { needs: [{ file: 'token' }] })
    execFileSync('systemctl', ['start', '--no-block', 'guarded-needs.service'])
    await until('it waits', () => told('guarded-needs')?.phase === 'waiting')
    expect(shown('guarded-needs').ActiveState).toBe('activating')
    const waiting = stead('explain', 'guarded-needs').out
    expect(waiting).toMatch(/needs file \S+token: not there yet \((not there|no answer yet)\)/)
    writeFileSync(join(directory, 'token'), '')
    await until('it is ready', () => told('guarded-needs')?.ready)
    // Its guard tells systemd behind that.
    await until('it is active', () => shown('guarded-needs').ActiveState === 'active')
    const up = stead('explain', 'guarded-needs').out
    expect(up).toMatch(/needs file \S+token: looked for before each start/)
  })

  test('is restarted by systemd when the guard is killed, and nothing runs twice', async () => {
    install('guarded-killed')
    expect(stead('start', 'guarded-killed')).toMatchObject({ code: 0 })
    const before = told('guarded-killed')
    const { MainPID, ControlGroup } = shown('guarded-killed')
    process.kill(Number(MainPID), 'SIGKILL')
    await until('systemd has a new guard, and that a new program', () => {
      const now = told('guarded-killed')
      return now?.ready && now.pid !== before?.pid
    })
    expect(shown('guarded-killed').NRestarts).toBe('1')
    expect(existsSync(`/proc/${before?.pid}`)).toBe(false)
    expect(programsIn(ControlGroup as string)).toEqual([told('guarded-killed')?.pid])
  })

  test('has a group of its own below the unit, which systemd has delegated', async () => {
    const away = join(workspace, 'escaped')
    const program = fileURLToPath(new URL('../../../fixtures/programs/escape.sh', import.meta.url))
    install('guarded-group', {
      command: ['/bin/sh', program, away],
      ready: { log: 'is away' },
      cgroup: true,
    })
    expect(stead('start', 'guarded-group')).toMatchObject({ code: 0 })
    const pid = Number(readFileSync(away, 'utf8'))
    const { ControlGroup } = shown('guarded-group')
    expect(stead('explain', 'guarded-group').out).toContain(`${ControlGroup}/stead.`)
    expect(readFileSync(`/proc/${pid}/cgroup`, 'utf8')).toContain(`${ControlGroup}/stead.`)
    const first = told('guarded-group')
    process.kill(first?.pid as number, 'SIGKILL')
    await until('it has another life', () => {
      const now = told('guarded-group')
      return now?.ready && now.pid !== first?.pid
    })
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(shown('guarded-group')).toMatchObject({ ActiveState: 'active', NRestarts: '0' })
  })

  test('leaves nothing when it is stopped, and nothing when it is uninstalled', () => {
    install('guarded-stops')
    expect(stead('start', 'guarded-stops')).toMatchObject({ code: 0 })
    const pid = told('guarded-stops')?.pid
    expect(stead('stop', 'guarded-stops')).toMatchObject({ code: 0 })
    expect(shown('guarded-stops')).toMatchObject({ ActiveState: 'inactive', MainPID: '0' })
    expect(existsSync(`/proc/${pid}`)).toBe(false)
    expect(stead('uninstall', 'guarded-stops')).toMatchObject({ code: 0 })
    expect(fingerprint('guarded-stops')).toBeNull()
    for (const directory of [
      '/var/lib/stead/specs',
      '/var/lib/stead/state/guards',
      '/run/stead/guards',
      '/var/log/stead',
    ]) {
      expect(readdirSync(directory).filter((entry) => /guarded-stops/.test(entry))).toEqual([])
    }
  })

  test('is failed when its program failed for good, and is not started again', async () => {
    install('guarded-fails', {
      command: ['/bin/sh', '-c', 'echo up; exit 3'],
      restart: { delay: '10ms', factor: 1, limit: '2/1m' },
    })
    stead('start', 'guarded-fails')
    await until('it is failed', () => shown('guarded-fails').ActiveState === 'failed')
    expect(shown('guarded-fails')).toMatchObject({ NRestarts: '0', ExecMainStatus: '70' })
    expect(stead('status', 'guarded-fails').code).toBe(3)
  })
})

/** Pids in a cgroup that are no guard's. */
function programsIn(group: string): number[] {
  const text = execFileSync('systemd-cgls', ['--no-pager', '-l', group], { encoding: 'utf8' })
  return [...text.matchAll(/(\d+) \/usr\/bin\/python3/g)].map((match) => Number(match[1]))
}
