import { describe, expect, test } from 'vitest'
import { parseSpec } from '../../config/parse-spec.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import { completeSpec, type ServiceSpec } from '../../model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../../model/windows-settings.ts'
import { unsupportedBy } from './unsupported.ts'

const ALL: ReadonlySet<ScmExtra> = new Set([
  'description',
  'delayedStart',
  'failureActions',
  'failureActionsOnCode',
  'preshutdownTimeout',
  'serviceSid',
  'privileges',
  'securityDescriptor',
] as const)

const limits = { memory: null, cpu: null, openFiles: null, processes: null }
const restart = { when: 'on-failure', delay: 1_000, limit: null } as const

const stead = ['C:\\node.exe', 'C:\\stead.js']

function refused(settings: Partial<ServiceSpec>, extras = ALL): string[] {
  const spec = completeSpec({
    name: 'app',
    file: 'C:\\Program Files\\app\\app.exe',
    protocol: 'native',
    ...settings,
  })
  return unsupportedBy(spec, extras, stead).map(({ setting, reason }) => {
    expect(reason).not.toBe('')
    return setting
  })
}

/** What any executable is refused. */
function refusedOfAny(settings: Partial<ServiceSpec>, extras = ALL): string[] {
  return refused({ protocol: 'none', ...settings }, extras)
}

describe('S10 the guard of any executable', () => {
  test.each<Partial<ServiceSpec>>([
    {},
    { file: 'C:\\%OS%\\100%.exe', args: ['%PATH%'] },
    { limits: { ...limits, memory: 1, cpu: 50, processes: 9 } },
    { killMode: 'control-group' },
    { watchdog: 5_000 },
    { restart: { when: 'always', delay: 2 ** 32, limit: { count: 5_000, window: 1_500 } } },
    { windows: { ...WINDOWS_DEFAULTS, priority: 'high', affinity: [0] } },
  ])('honours %j', (settings) => {
    expect(refusedOfAny(settings)).toEqual([])
  })

  test('honours what only a guard knows', () => {
    const asked = { health: { tcp: 80 }, restart: { jitter: 0.5 }, ready: { log: 'up' } }
    const { guard } = parseSpec({ name: 'a', command: '/bin/a', ...asked }, 'test')
    expect(refusedOfAny({ guard })).toEqual([])
  })

  test.each<[string, Partial<ServiceSpec>]>([
    ['file', { file: 'C:\\a"b.exe' }],
    ['args', { args: ['x'.repeat(32_767)] }],
    ['env.path', { env: { PATH: 'a', path: 'b' } }],
    ['group', { group: 'Users' }],
    ['harden', { harden: 'standard' }],
    ['limits.openFiles', { limits: { ...limits, openFiles: 9 } }],
    ['killMode', { killMode: 'process' }],
    ['killMode', { killMode: 'none' }],
    ['stopTimeout', { stopTimeout: 2 ** 32 }],
  ])('names %s when it is asked for %j', (setting, settings) => {
    expect(refusedOfAny(settings)).toEqual([setting])
  })

  test('names a stop and a reload by a signal that Windows does not have', () => {
    const asked = { stop: [{ signal: 'SIGINT', wait: '5s' }], reload: { signal: 'SIGHUP' } }
    const { guard } = parseSpec({ name: 'a', command: '/bin/a', ...asked }, 'test')
    expect(refusedOfAny({ guard })).toEqual(['stop', 'reload'])
    const own = { stop: [{ signal: 'CTRL_BREAK', wait: '5s' }] }
    const { guard: known } = parseSpec({ name: 'a', command: '/bin/a', ...own }, 'test')
    expect(refusedOfAny({ guard: known })).toEqual([])
  })

  test('names what a guard has elsewhere alone, by the names that it has in the file', () => {
    const asked = {
      log: { whenFull: 'drop', sinks: ['journald'] },
      windows: { killOnClose: false },
    }
    const { guard, windows } = parseSpec({ name: 'a', command: '/bin/a', ...asked }, 'test')
    expect(refusedOfAny({ guard, windows })).toEqual([
      'log.whenFull',
      'log.sinks',
      'windows.killOnClose',
    ])
  })

  test.each([{ notify: true }, { descriptor: 3 }])(
    'names ready when it is asked for %j',
    (ready) => {
      const { guard } = parseSpec({ name: 'a', command: '/bin/a', ready }, 'test')
      expect(refusedOfAny({ guard })).toEqual(['ready'])
    },
  )

  test('restarts without failure actions, which only the guard itself would have', () => {
    expect(refusedOfAny({}, new Set())).toEqual([])
  })
})

describe('S10 the SCM', () => {
  test('honours a native service that says nothing else', () => {
    expect(refused({})).toEqual([])
  })

  test('names each setting for which a program of the SDK would need a guard', () => {
    const asked = { health: { tcp: 80 }, restart: { jitter: 0.5 } }
    const { guard } = parseSpec({ name: 'a', command: '/bin/a', ...asked }, 'test')
    expect(refused({ guard })).toEqual(['restart.jitter', 'health'])
  })

  test.each<[string, Partial<ServiceSpec>]>([
    ['file', { file: 'C:\\%OS%\\a.exe' }],
    ['file', { file: 'C:\\a"b.exe' }],
    ['args', { args: ['x'.repeat(32_767)] }],
    ['args', { args: Array.from({ length: 6_000 }, () => '%%%') }],
    ['displayName', { displayName: '' }],
    ['displayName', { displayName: '@C:\\evil.dll,-1' }],
    ['displayName', { displayName: 'x'.repeat(257) }],
    ['description', { description: '@shell32.dll,-1' }],
    ['env.path', { env: { PATH: 'a', path: 'b' } }],
    ['env.BIG', { env: { BIG: 'x'.repeat(32_767) } }],
    ['user', { user: 'alice@domain.example' }],
    ['user', { user: 'gmsa$' }],
    ['user', { user: 'NT SERVICE\\other' }],
    ['user', { user: '' }],
    ['group', { group: 'Users' }],
    ['dependsOn', { dependsOn: ['+TDI'] }],
    ['dependsOn', { dependsOn: ['a/b'] }],
    ['dependsOn', { dependsOn: [''] }],
    ['limits.memory', { limits: { ...limits, memory: 1 } }],
    ['limits.cpu', { limits: { ...limits, cpu: 50 } }],
    ['limits.openFiles', { limits: { ...limits, openFiles: 9 } }],
    ['limits.processes', { limits: { ...limits, processes: 9 } }],
    ['windows.priority', { windows: { ...WINDOWS_DEFAULTS, priority: 'high' } }],
    ['windows.affinity', { windows: { ...WINDOWS_DEFAULTS, affinity: [0] } }],
    ['windows.killOnClose', { windows: { ...WINDOWS_DEFAULTS, killOnClose: false } }],
    [
      'windows.preshutdownTimeout',
      { windows: { ...WINDOWS_DEFAULTS, preshutdownTimeout: 2 ** 32 } },
    ],
    ...[
      'D:(A;;GA;;;WD',
      'D:(A;;GA;;;BA)S:(AU;SAFA;GA;;;WD)',
      'D:NO_ACCESS_CONTROL',
      'D:(A;;GA;;;SY)',
      'D:(A;;GR;;;BA)',
      'D:(A;;GA;;;BA)(D;;SD;;;BA)',
    ].map((securityDescriptor): [string, Partial<ServiceSpec>] => [
      'windows.securityDescriptor',
      { windows: { ...WINDOWS_DEFAULTS, securityDescriptor } },
    ]),
    ['killMode', { killMode: 'process' }],
    ['watchdog', { watchdog: 5_000 }],
    ['harden', { harden: 'standard' }],
    ['stopTimeout', { stopTimeout: 2 ** 32 }],
    ['restart.when', { restart: { ...restart, when: 'always' } }],
    ['restart.delay', { restart: { ...restart, delay: 2 ** 32 } }],
    ['restart.limit', { restart: { ...restart, limit: { count: 3, window: 1_500 } } }],
    ['restart.limit', { restart: { ...restart, limit: { count: 5_000, window: 1_000 } } }],
  ])('names %s when it is asked for %j', (setting, settings) => {
    expect(refused(settings)).toEqual([setting])
  })

  test.each<Partial<ServiceSpec>>([
    { user: 'LocalSystem' },
    { user: 'localservice' },
    { user: 'NT AUTHORITY\\NETWORK SERVICE' },
    { user: 'nt service\\APP' },
    { user: 'alice' },
    { user: 'DOMAIN\\alice' },
    { user: 'DOMAIN\\gmsa$' },
    { user: 'constructor' },
    { description: 'user@example.org' },
    { dependsOn: ['Tcpip', 'LanmanServer'] },
    { restart: { ...restart, when: 'no', limit: { count: 1, window: 1 } } },
    { startType: 'delayed' },
    {
      windows: {
        ...WINDOWS_DEFAULTS,
        startGroup: 'Network',
        dependsOnGroups: ['TDI'],
        serviceSid: 'restricted',
        privileges: ['SeChangeNotifyPrivilege'],
        securityDescriptor: 'D:(A;;CCLCSWRPLOCRRC;;;AU)(A;;GA;;;BA)',
        preshutdownTimeout: 1,
        errorControl: 'critical',
      },
    },
    { env: { A: '', 'B C': 'x\ny', ü: '%PATH%' } },
  ])('honours %j', (settings) => {
    expect(refused(settings)).toEqual([])
  })

  test('names all of them at once', () => {
    expect(refused({ watchdog: 1, group: 'g', harden: 'strict', user: '' })).toEqual([
      'watchdog',
      'user',
      'group',
      'harden',
    ])
  })

  test('of a Windows without failure actions and delayed start names what needs them', () => {
    const few = new Set(['description', 'preshutdownTimeout'] as const)
    expect(refused({ startType: 'delayed' }, few)).toEqual(['restart', 'startType'])
    expect(refused({ restart: { ...restart, when: 'no' } }, few)).toEqual([])
    const windows = {
      ...WINDOWS_DEFAULTS,
      serviceSid: 'restricted',
      privileges: ['SeChangeNotifyPrivilege'],
      securityDescriptor: 'D:(A;;GA;;;BA)',
      preshutdownTimeout: 1,
    } as const
    expect(refused({ restart: { ...restart, when: 'no' }, windows }, few)).toEqual([
      'windows.serviceSid',
      'windows.privileges',
      'windows.securityDescriptor',
    ])
  })
})
