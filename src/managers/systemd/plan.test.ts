import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import { homeOf } from '../../model/home.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { type SystemdPorts, systemdManager } from './systemd-manager.ts'

const { guard } = parseSpec(
  { name: 'a', command: '/bin/a', health: { tcp: 80 }, restart: { factor: 3 } },
  'test',
)
const none = { memory: null, cpu: null, openFiles: null, processes: null }

/** A port that must not be touched: a plan reads and changes nothing. */
const untouchable = new Proxy(
  {},
  {
    get(_, key) {
      throw new Error(`the plan has touched ${String(key)}`)
    },
  },
) as never

function planOf(changes: Partial<ServiceSpec> = {}, scope: Scope = 'system') {
  const ports: SystemdPorts = {
    scope,
    home: homeOf({ platform: 'linux', scope, env: {}, userHome: '/home/ann', root: null }),
    files: untouchable,
    runner: untouchable,
    clock: untouchable,
    processes: untouchable,
    accounts: {
      self: () => ({ name: 'ann', uid: 1000, home: '/home/ann' }),
    } as SystemdPorts['accounts'],
    env: {},
    stead: ['/opt/node', '/opt/stead/bin/stead.js'],
  }
  return systemdManager(ports).plan(completeSpec({ name: 'a', file: '/bin/a', ...changes }))
}

const commands = (...args: Parameters<typeof planOf>): string[] =>
  planOf(...args).steps.map((step) =>
    step.kind === 'command' ? [step.file, ...step.args].join(' ') : step.api,
  )

describe('the plan', () => {
  test('names the file with its mode, and touches nothing', () => {
    expect(planOf().files).toEqual([
      expect.objectContaining({ path: '/etc/systemd/system/a.service', mode: 0o644 }),
    ])
    expect(planOf({}, 'user').files[0]?.path).toBe('/home/ann/.config/systemd/user/a.service')
  })

  test.each<[ServiceSpec['startType'], string]>([
    ['auto', 'systemctl enable a.service'],
    ['delayed', 'systemctl enable a.service'],
    ['manual', 'systemctl disable a.service'],
    ['disabled', 'systemctl disable a.service'],
  ])('of start type %s reads the unit and then does %s', (startType, expected) => {
    expect(commands({ startType })).toEqual(['systemctl daemon-reload', expected])
  })

  test('of a user’s service that starts by itself asks for lingering', () => {
    expect(commands({ startType: 'auto' }, 'user')).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable a.service',
      'loginctl enable-linger ann',
    ])
    expect(planOf({ startType: 'auto' }, 'user').notes.join('\n')).toMatch(/lingering/)
  })

  test.each<[string, Partial<ServiceSpec>, RegExp]>([
    ['who restarts it', {}, /systemd itself/],
    ['what needs a guard', { guard }, /stead run a\).*: restart\.factor, health$/m],
    ['who measures limits', { guard, limits: { ...none, memory: 1e9 } }, /measured by the guard/],
    ['whose the guard is', { guard, user: 'daemon' }, /guard runs as root.*daemon/],
    ['where its output is', { guard }, /not in the journal/],
    ['what delayed means', { startType: 'delayed' }, /multi-user\.target/],
    ['what disabled means', { startType: 'disabled' }, /dependency/],
    ['what is no failure', {}, /SIGTERM/],
    ['what a kill mode leaves behind', { killMode: 'process' }, /behind/],
    ['what a preset hides', { harden: 'standard' }, /\/tmp/],
    ['where a strict one may write', { harden: 'strict', cwd: '/srv/a' }, /\/srv\/a/],
    ['that homes stay readable', { harden: 'strict', file: '/home/ann/a' }, /homes/],
    ['that a description is shown on one line', { description: 'a\nb' }, /one line/],
  ])('notes %s', (_, changes, expected) => {
    expect(planOf(changes).notes.join('\n')).toMatch(expected)
  })
})
