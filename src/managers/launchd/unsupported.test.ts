import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../../model/service-spec.ts'
import { unsupportedSettings } from './unsupported.ts'

const limits = { memory: null, cpu: null, openFiles: null, processes: null }

function named(settings: Partial<ServiceSpec>, scope: Scope = 'system'): string[] {
  const spec = completeSpec({ name: 'web', file: '/bin/web', ...settings })
  const found = unsupportedSettings(spec, scope)
  expect(found.every(({ reason }) => reason !== '')).toBe(true)
  return found.map(({ setting }) => setting)
}

describe('S10 launchd', () => {
  test('honours what a service gets that says nothing', () => {
    expect(named({})).toEqual([])
    expect(named({}, 'user')).toEqual([])
  })

  test('names each setting that would need a guard', () => {
    const asked = { health: { tcp: 80 }, restart: { jitter: 0.5 } }
    const { guard } = parseSpec({ name: 'a', command: '/bin/a', ...asked }, 'test')
    expect(named({ guard })).toEqual(['restart.jitter', 'health'])
  })

  test.each<[string, Partial<ServiceSpec>]>([
    ['envFile', { envFile: '/etc/web.env' }],
    ['startType', { startType: 'delayed' }],
    ['dependsOn', { dependsOn: ['db'] }],
    ['killMode', { killMode: 'control-group' }],
    ['killMode', { killMode: 'none' }],
    ['watchdog', { watchdog: 5_000 }],
    ['limits.memory', { limits: { ...limits, memory: 1 } }],
    ['limits.cpu', { limits: { ...limits, cpu: 1 } }],
    ['limits.processes', { limits: { ...limits, processes: 1 } }],
    ['harden', { harden: 'standard' }],
    ['args[1]', { args: ['fine', 'not\u0001fine'] }],
    ['env.BAD', { env: { GOOD: 'x', BAD: '\u001b' } }],
    ['cwd', { cwd: '/\u0002' }],
    ['configFile', { configFile: '/\ufffe' }],
    ['remote', { remote: '/\ufffe' }],
    ['command', { file: '/bin/\u0003' }],
  ])('names %s', (setting, settings) => {
    expect(named(settings)).toEqual([setting])
  })

  test('names user and group for an agent, and takes them for a daemon', () => {
    expect(named({ user: '_www', group: '_www' }, 'user')).toEqual(['user', 'group'])
    expect(named({ user: '_www', group: '_www' }, 'system')).toEqual([])
  })

  test('names all at once', () => {
    expect(named({ watchdog: 1, harden: 'strict', args: ['\u0000'] })).toEqual([
      'args[0]',
      'watchdog',
      'harden',
    ])
  })
})
