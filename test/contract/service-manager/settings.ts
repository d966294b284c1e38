import assert from 'node:assert/strict'
import type { Plan } from '../../../src/model/plan.ts'
import type { ServiceSpec } from '../../../src/model/service-spec.ts'
import { WINDOWS_DEFAULTS } from '../../../src/model/windows-settings.ts'
import { type ProgramRecord, type Room, rejectsWith, type Scenario } from './room.ts'
import { have, isLack, type ManagerSetup } from './setup.ts'

interface SettingCase {
  /** As in {@link Plan.unsupported}. */
  readonly setting: string
  readonly settings: Partial<ServiceSpec>
  readonly expected: unknown
  /** Where the program itself can tell; else the manager's facts have to. */
  readonly seen?: (record: ProgramRecord) => unknown
}

const limits = { memory: null, cpu: null, openFiles: null, processes: null }
const restart = { when: 'on-failure', delay: 1_000, limit: null } as const
const MIB = 1024 * 1024

const CASES: readonly SettingCase[] = [
  { setting: 'displayName', settings: { displayName: 'Under Test' }, expected: 'Under Test' },
  { setting: 'description', settings: { description: 'It is tried' }, expected: 'It is tried' },
  ...(['auto', 'delayed', 'manual', 'disabled'] as const).map((startType) => ({
    setting: 'startType',
    settings: { startType },
    expected: startType,
  })),
  ...(['always', 'on-failure', 'no'] as const).map((when) => ({
    setting: 'restart.when',
    settings: { restart: { ...restart, when } },
    expected: when,
  })),
  {
    setting: 'restart.delay',
    settings: { restart: { ...restart, delay: 3_000 } },
    expected: 3_000,
  },
  {
    setting: 'restart.limit',
    settings: { restart: { ...restart, limit: { count: 3, window: 30_000 } } },
    expected: { count: 3, window: 30_000 },
  },
  { setting: 'startTimeout', settings: { startTimeout: 42_000 }, expected: 42_000 },
  { setting: 'stopTimeout', settings: { stopTimeout: 7_000 }, expected: 7_000 },
  ...(['control-group', 'mixed', 'process', 'none'] as const).map((killMode) => ({
    setting: 'killMode',
    settings: { killMode },
    expected: killMode,
  })),
  { setting: 'watchdog', settings: { watchdog: 20_000 }, expected: 20_000 },
  {
    setting: 'limits.memory',
    settings: { limits: { ...limits, memory: 512 * MIB } },
    expected: 512 * MIB,
  },
  { setting: 'limits.cpu', settings: { limits: { ...limits, cpu: 50 } }, expected: 50 },
  {
    setting: 'limits.openFiles',
    settings: { limits: { ...limits, openFiles: 512 } },
    expected: 512,
  },
  {
    setting: 'limits.processes',
    settings: { limits: { ...limits, processes: 200 } },
    expected: 200,
  },
  ...(
    [
      ['priority', 'below-normal'],
      ['affinity', [0]],
      ['killOnClose', false],
      ['startGroup', 'Stead Test'],
      ['dependsOnGroups', ['TDI']],
      ['serviceSid', 'unrestricted'],
      ['privileges', ['SeChangeNotifyPrivilege']],
      [
        'securityDescriptor',
        'D:(A;;CCLCSWRPLOCRRC;;;AU)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWRPWPDTLOCRRC;;;SY)',
      ],
      ['preshutdownTimeout', 45_000],
      ['errorControl', 'ignore'],
    ] as const
  ).map(([setting, value]) => ({
    setting: `windows.${setting}`,
    settings: { windows: { ...WINDOWS_DEFAULTS, [setting]: value } },
    expected: value,
  })),
  { setting: 'harden', settings: { harden: 'standard' }, expected: 'standard' },
  { setting: 'harden', settings: { harden: 'strict' }, expected: 'strict' },
  {
    setting: 'configFile',
    settings: { configFile: '/etc/under test.conf' },
    expected: '/etc/under test.conf',
    seen: ({ env }) => env.STEAD_CONFIG,
  },
]

/** S10: every setting is in effect, or named as unsupported before anything is changed. */
export function settings(scenario: Scenario, setup: ManagerSetup): void {
  const anyProgram = isLack(setup.story) ? setup.plain : setup.story

  for (const { setting, settings, expected, seen } of CASES) {
    const value = typeof expected === 'object' ? JSON.stringify(expected) : String(expected)
    scenario(`S10 ${setting} ${value}: in effect, or named`, [anyProgram], (room) =>
      check(room, setting, settings, expected, seen),
    )
  }

  scenario('S10 cwd: in effect, or named', [anyProgram], async (room) => {
    const file = setup.tempFile('cwd')
    const cwd = file.replace(/[\\/][^\\/]*$/, '')
    await check(room, 'cwd', { cwd }, cwd, (record) => record.cwd, file)
  })

  scenario('S10 envFile: in effect, or named', [anyProgram], async (room) => {
    const envFile = setup.tempFile('env-file')
    await setup.writeText(envFile, 'FROM_FILE=read at start\n')
    await check(room, 'envFile', { envFile }, 'read at start', ({ env }) => env.FROM_FILE)
  })

  for (const setting of ['user', 'group'] as const) {
    scenario(`S10 ${setting}: in effect, or named`, [anyProgram, setup.account], async (room) => {
      const value = have(setup.account)[setting]
      await check(room, setting, { [setting]: value }, value)
    })
  }

  scenario('S10 dependsOn: in effect, or named', [anyProgram], async (room) => {
    const other = room.newName()
    await room.install(have(anyProgram)(other, ['--record', setup.tempFile('depended-on')]))
    await check(room, 'dependsOn', { dependsOn: [other] }, [other])
  })

  async function check(
    room: Room,
    setting: string,
    settings: Partial<ServiceSpec>,
    expected: unknown,
    seen?: (record: ProgramRecord) => unknown,
    file = setup.tempFile('s10'),
  ): Promise<void> {
    const name = room.newName()
    const spec = have(anyProgram)(name, ['--record', file], settings)
    const plan = room.manager.plan(spec)
    if (isNamed(plan, setting)) {
      for (const { reason } of plan.unsupported) assert.notEqual(reason, '')
      await rejectsWith(room.manager.install(plan), 'UNSUPPORTED')
      assert.equal((await room.status(name)).phase, 'not-installed')
      assert.equal(await setup.fingerprint(name), null)
      return
    }
    assert.deepEqual(plan.unsupported, [], 'nothing else is in the way')
    await room.install(spec)
    if (setting === 'startType') assert.equal((await room.status(name)).startType, expected)
    if (seen === undefined) {
      assert.deepEqual((await setup.facts(name))[setting], expected)
    } else {
      await room.manager.start(name)
      assert.deepEqual(seen(await room.record(file)), expected)
    }
  }
}

/** `limits` speaks for `limits.memory`, and `killMode[0]` for `killMode`. */
function isNamed(plan: Plan, setting: string): boolean {
  return plan.unsupported.some(
    ({ setting: named }) =>
      named === setting ||
      setting.startsWith(`${named}.`) ||
      (/^[.[]/.test(named.slice(setting.length)) && named.startsWith(setting)),
  )
}
