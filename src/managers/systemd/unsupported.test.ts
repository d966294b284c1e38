import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { unsupportedSettings } from './unsupported.ts'

const named = (changes: Partial<ServiceSpec>, scope: 'system' | 'user' = 'system'): string[] =>
  unsupportedSettings(completeSpec({ name: 'a', file: '/bin/a', ...changes }), scope).map(
    ({ setting }) => setting,
  )

describe('S10 what systemd cannot honour', () => {
  test.each<[string, Partial<ServiceSpec>, string[]]>([
    ['nothing in a plain spec', {}, []],
    ['an executable with a quote', { file: '/bin/"a' }, ['command']],
    ['the argument it is, by its place', { args: ['ok', 'a\0b'] }, ['args[1]']],
    ['an argument longer than the kernel passes', { args: ['x'.repeat(131_072)] }, ['args[0]']],
    ['a variable longer than the kernel passes', { env: { A: 'x'.repeat(131_070) } }, ['env.A']],
    ['a variable with a bad name', { env: { 'a.b': '1' } }, ['env.a.b']],
    ['a watchdog for a program without the SDK', { watchdog: 1_000 }, ['watchdog']],
    ['a directory with a newline', { cwd: '/a\nb' }, ['cwd']],
    ['an environment file with a newline', { envFile: '/a\nb' }, ['envFile']],
    ['a configuration file with an escape', { configFile: '/\u001b' }, ['configFile']],
    ['a remote source with an escape', { remote: '/\u001b' }, ['remote']],
    ['a description with an escape', { description: '\u001b' }, ['description']],
  ])('is named: %s', (_, changes, expected) => {
    expect(named(changes)).toEqual(expected)
  })

  test.each<[string, Partial<ServiceSpec>, string[]]>([
    ['nothing that the guard knows', {}, []],
    ['a watchdog', { watchdog: 1_000 }, ['watchdog']],
    ['a kill mode that leaves processes', { killMode: 'process' }, ['killMode']],
    ['restrictions', { harden: 'standard' }, ['harden']],
  ])('of a service that needs its guard: %s', (_, changes, expected) => {
    const { guard } = parseSpec({ name: 'a', command: '/bin/a', health: { tcp: 80 } }, 'test')
    expect(named({ ...changes, guard })).toEqual(expected)
  })

  test('a command line that is too long as a whole is named', () => {
    expect(named({ args: Array(10).fill('x'.repeat(100_000)) })).toEqual(['args'])
  })

  test('the longest argument that the kernel passes is not', () => {
    expect(named({ args: ['x'.repeat(131_071)] })).toEqual([])
  })

  test('of a user’s systemd: user, group and hardening', () => {
    const changes = { user: 'a', group: 'b', harden: 'strict' } as const
    expect(named(changes, 'user')).toEqual(['user', 'group', 'harden'])
    expect(named(changes, 'system')).toEqual([])
  })

  test('a watchdog of a native service is honoured', () => {
    expect(named({ watchdog: 1_000, protocol: 'native' })).toEqual([])
  })
})
