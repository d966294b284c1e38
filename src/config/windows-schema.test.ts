import { expect, test } from 'vitest'
import { isSteadError } from '../errors.ts'
import { WINDOWS_DEFAULTS, windowsAsked } from '../model/windows-settings.ts'
import { parseGuardFile } from './guard-file.ts'
import { parseSpec } from './parse-spec.ts'

const windowsOf = (windows: unknown) =>
  parseSpec({ name: 'app', command: '/bin/app', windows }, 'test').windows

function problemsOf(windows: unknown): string {
  try {
    windowsOf(windows)
  } catch (error) {
    if (isSteadError(error, 'SPEC_INVALID')) return error.message
    throw error
  }
  return ''
}

test('a service that says nothing of Windows has the defaults, and asks for nothing', () => {
  const { windows } = parseSpec({ name: 'app', command: '/bin/app' }, 'test')
  expect(windows).toEqual(WINDOWS_DEFAULTS)
  expect(windowsAsked(windows)).toEqual([])
})

test('every setting is taken as it is written', () => {
  const settings = {
    priority: 'below-normal',
    affinity: [0, 2],
    killOnClose: false,
    startGroup: 'Network',
    dependsOnGroups: ['TDI'],
    serviceSid: 'restricted',
    privileges: ['SeChangeNotifyPrivilege'],
    securityDescriptor: 'D:(A;;GA;;;BA)',
    errorControl: 'ignore',
  }
  const windows = windowsOf({ ...settings, preshutdownTimeout: '3m' })
  expect(windows).toEqual({ ...settings, preshutdownTimeout: 180_000 })
  expect(windowsAsked(windows)).toHaveLength(10)
})

test.each<[unknown, readonly number[]]>([
  [[0], [0]],
  ['0', [0]],
  ['0,2-4', [0, 2, 3, 4]],
  [
    [3, 1, '3'],
    [1, 3],
  ],
  ['62-63', [62, 63]],
])('the processors %j are %j', (affinity, expected) => {
  expect(windowsOf({ affinity }).affinity).toEqual(expected)
})

test.each([[[]], '', '64', '3-1', '-1', [1.5], 'all', '0,,1'])(
  'the processors %j are none',
  (affinity) => {
    expect(problemsOf({ affinity })).toMatch(/windows\.affinity/)
  },
)

test.each<[string, unknown]>([
  ['priority', 'low'],
  ['serviceSid', 'yes'],
  ['privileges', []],
  ['privileges', ['SeServiceLogonRight']],
  ['securityDescriptor', '(A;;GA;;;BA)'],
  ['startGroup', '+Network'],
  ['dependsOnGroups', ['']],
  ['errorControl', 'fatal'],
])('%s is not %j', (setting, value) => {
  expect(problemsOf({ [setting]: value })).toContain(`windows.${setting}`)
})

const file = (onWindows: boolean) =>
  parseGuardFile({
    path: '/srv/stead.yaml',
    env: {},
    onWindows,
    text: 'defaults: { windows: { priority: idle } }\nservices: { a: { command: a, windows: { affinity: "1" } } }\n',
  })

test('in stead.yaml it is merged with what holds for all', () => {
  expect(file(true).services[0]?.windows).toEqual({
    priority: 'idle',
    affinity: [1],
    killOnClose: true,
  })
})

test('S10 a guard that is not on Windows names each setting with its place', () => {
  expect(() => file(false)).toThrow(
    /windows\.priority[^;]*only a guard on Windows[\s\S]*windows\.affinity[^;]*only a guard on Windows/,
  )
})
