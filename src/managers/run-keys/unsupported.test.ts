import { describe, expect, test } from 'vitest'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../../model/windows-settings.ts'
import { unsupportedSettings } from './unsupported.ts'

function refused(
  settings: Partial<ServiceSpec>,
  value = '"a"',
  paths: string[] = [],
  scope: Scope = 'user',
) {
  const spec = completeSpec({ name: 'web', file: 'C:\\web.exe', ...settings })
  return unsupportedSettings(spec, scope, value, paths).map(({ setting }) => setting)
}

describe('what a start at logon cannot honour', () => {
  test('S10 is nothing of a plain program, and nothing that its guard does', () => {
    expect(refused({})).toEqual([])
    expect(
      refused({
        startType: 'auto',
        limits: { memory: 1e9, cpu: 50, openFiles: null, processes: 4 },
        watchdog: 1_000,
        windows: { ...WINDOWS_DEFAULTS, priority: 'idle', affinity: [0], killOnClose: true },
        restart: { when: 'always', delay: 90_000_000, limit: null },
      }),
    ).toEqual([])
  })

  test.each<[string, Partial<ServiceSpec>]>([
    ['user', { user: 'DOMAIN\\web' }],
    ['group', { group: 'staff' }],
    ['dependsOn', { dependsOn: ['database'] }],
    ['startType', { startType: 'delayed' }],
    ['harden', { harden: 'standard' }],
    ['killMode', { killMode: 'process' }],
    ['protocol', { protocol: 'native' }],
    ['limits.openFiles', { limits: { memory: null, cpu: null, openFiles: 9, processes: null } }],
    ['env.a', { env: { A: '1', a: '2' } }],
    ['file', { file: 'C:\\"web.exe' }],
    ['args', { args: ['x'.repeat(40_000)] }],
    ['windows.serviceSid', { windows: { ...WINDOWS_DEFAULTS, serviceSid: 'restricted' } }],
    ['windows.preshutdownTimeout', { windows: { ...WINDOWS_DEFAULTS, preshutdownTimeout: 1 } }],
  ])('S10 is %s, which is named', (setting, settings) => {
    expect(refused(settings)).toEqual([setting])
  })

  test('S10 is a value that is longer than Windows allows below Run, or that it would change', () => {
    expect(refused({ startType: 'auto' }, 'x'.repeat(260))).toEqual([])
    expect(refused({ startType: 'auto' }, 'x'.repeat(261))).toEqual(['startType'])
    expect(refused({ startType: 'auto' }, 'x', ['C:\\%TEMP%\\node.exe'])).toEqual(['startType'])
    expect(refused({ startType: 'manual' }, 'x'.repeat(261), ['C:\\%TEMP%\\node.exe'])).toEqual([])
  })

  test('S10 is a secret, where every user of the machine can read what is installed', () => {
    const env = { PORT: '80', API_KEY: 'k', DB: 'ENC(v1.abc)', TOKEN_FILE: 'C:\\token' }
    expect(refused({ env }, '"a"', [], 'user')).toEqual([])
    expect(refused({ env }, '"a"', [], 'system')).toEqual(['env.API_KEY', 'env.DB'])
  })
})
