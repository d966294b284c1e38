import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import { settingsForGuard } from './by-itself.ts'

const needed = (settings: object): readonly string[] =>
  settingsForGuard(parseSpec({ name: 'a', command: '/bin/a', ...settings }, 'the test'))

describe('systemd by itself honours', () => {
  test.each<[string, object]>([
    ['a service that asks for nothing more', {}],
    ['readiness by sd_notify', { ready: { notify: true } }],
    ['a reload by a signal', { reload: { signal: 'SIGHUP' } }],
    ['a control group of its own, which every unit is', { cgroup: true }],
    ['a stop by one signal', { stop: { signal: 'SIGINT', timeout: 5 } }],
  ])('%s', (_, settings) => {
    expect(needed(settings)).toEqual([])
  })
})

describe('systemd needs a guard for', () => {
  test.each<[string, object, string[]]>([
    ['readiness by a port', { ready: { tcp: 80 } }, ['ready']],
    ['a reload by a command', { reload: { command: 'nginx -s reload' } }, ['reload']],
    ['a reload by a restart', { reload: 'restart' }, ['reload']],
    ['a stop in steps', { stop: [{ signal: 'SIGINT' }, { signal: 'SIGTERM' }] }, ['stop']],
    ['a stop by a command', { stop: [{ command: 'nginx -s quit' }] }, ['stop']],
    ['a stop of the whole tree', { stop: [{ signal: 'SIGTERM', to: 'tree' }] }, ['stop']],
    [
      'that alone which it does not know',
      { ready: { notify: true }, health: { tcp: 80 } },
      ['health'],
    ],
  ])('%s', (_, settings, expected) => {
    expect(needed(settings)).toEqual(expected)
  })
})
