import { describe, expect, test } from 'vitest'
import { homeOf } from '../../model/home.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import { INFINITE } from '../../model/scm-values.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { recordSeal } from '../record-seal.ts'
import { sameAccount } from './account.ts'
import { definitionOf, isOfHome } from './definition.ts'
import { failureActionsOf } from './failure-actions.ts'
import { planFor } from './plan.ts'

const env = { ProgramData: 'C:\\ProgramData' }
const home = homeOf({ platform: 'win32', scope: 'system', env, userHome: '', root: null })
const rooted = homeOf({ platform: 'win32', scope: 'system', env, userHome: '', root: 'D:\\Stead' })

const stead = ['C:\\node.exe', '--import', 'file:///C:/stead/scm-start.js', 'C:\\stead\\stead.js']

const spec = completeSpec({
  name: 'app',
  file: 'C:\\Program Files\\nodejs\\node.exe',
  args: ['C:\\app\\main.js', '--title', 'say "hi"'],
  protocol: 'native',
  displayName: 'The App',
  configFile: 'C:\\app\\app.conf',
  cwd: 'C:\\app',
  env: { GREETING: 'grüße' },
  startType: 'delayed',
  dependsOn: ['Tcpip'],
  stopTimeout: 20_000,
})

describe('a definition', () => {
  test('has what CreateServiceW is given', () => {
    expect(definitionOf(spec, home, stead).config).toEqual({
      type: 0x10,
      startType: 'auto',
      errorControl: 1,
      commandLine: '"C:\\Program Files\\nodejs\\node.exe" C:\\app\\main.js --title "say \\"hi\\""',
      dependencies: ['Tcpip'],
      group: null,
      account: 'NT AUTHORITY\\LocalService',
      displayName: 'The App',
    })
  })

  test('has the optional settings', () => {
    expect(definitionOf(spec, home, stead).extras).toEqual({
      description: '',
      delayedStart: true,
      failureActions: {
        resetPeriod: 60,
        actions: [
          ...Array.from({ length: 4 }, () => ({ type: 'restart', delay: 1_000 })),
          { type: 'none', delay: 0 },
        ],
      },
      failureActionsOnCode: true,
      preshutdownTimeout: 20_000,
      serviceSid: 'none',
      privileges: [],
      securityDescriptor: null,
    })
  })

  test('has the environment, with the variables of stead', () => {
    expect(definitionOf(spec, home, stead).environment).toEqual([
      'GREETING=grüße',
      'STEAD_SERVICE=app',
      'STEAD_CONFIG=C:\\app\\app.conf',
      'STEAD_PARAMETERS=C:\\ProgramData\\stead\\state\\parameters\\app',
    ])
    expect(definitionOf(spec, rooted, stead).environment).toContain('STEAD_HOME=D:\\Stead')
  })

  test('has the record that the service reads', () => {
    const { record } = definitionOf(spec, home, stead)
    expect(record).toMatchObject({
      home: 'C:\\ProgramData\\stead\\specs',
      cwd: 'C:\\app',
      logFile: 'C:\\ProgramData\\stead\\logs\\app.log',
    })
    expect(isOfHome(record, home)).toBe(true)
    expect(isOfHome({ ...record, home: 'c:\\programdata\\STEAD\\specs' }, home)).toBe(true)
    expect(isOfHome(record, rooted)).toBe(false)
  })
})

describe('the definition of a guard', () => {
  const any = { ...spec, protocol: 'none' as const, stopTimeout: 20_000 }
  const { config, extras, environment, record } = definitionOf(any, home, stead)

  test('starts stead, with contact before everything else, and quotes every part', () => {
    expect(config.commandLine).toBe(
      '"C:\\node.exe" --import file:///C:/stead/scm-start.js C:\\stead\\stead.js run app --scope system',
    )
    expect(config.account).toBe('NT AUTHORITY\\LocalService')
  })

  test('has the failure actions of the guard, which a code of its program does not set off', () => {
    expect(extras.failureActions.actions[0]).toEqual({ type: 'restart', delay: 1_000 })
    expect(extras.failureActionsOnCode).toBe(false)
  })

  test('has time for the whole stop of the program, and nothing that is the program’s own', () => {
    expect(extras.preshutdownTimeout).toBe(25_000)
    expect(record).toMatchObject({ stopTimeout: 25_000, cwd: null, protocol: 'native' })
    expect(environment).toEqual([
      'STEAD_SERVICE=app',
      'STEAD_PARAMETERS=C:\\ProgramData\\stead\\state\\parameters\\app',
      `STEAD_RECORD=${recordSeal(any)}`,
    ])
  })
})

describe('failure actions', () => {
  const policy = { when: 'on-failure', delay: 500, limit: null } as const

  test('no restarts are no actions', () => {
    expect(failureActionsOf({ ...policy, when: 'no' }).actions).toEqual([])
  })

  test('without a limit the one restart repeats for ever', () => {
    expect(failureActionsOf(policy)).toEqual({
      resetPeriod: INFINITE,
      actions: [{ type: 'restart', delay: 500 }],
    })
  })

  test('a limit of one start is no restart at all', () => {
    const limit = { count: 1, window: 10_000 }
    expect(failureActionsOf({ ...policy, limit })).toEqual({
      resetPeriod: 10,
      actions: [{ type: 'none', delay: 0 }],
    })
  })
})

test('accounts are the same under all their names', () => {
  expect(sameAccount('NT AUTHORITY\\LocalService', 'nt authority\\local service')).toBe(true)
  expect(sameAccount('LocalSystem', '.\\LocalSystem')).toBe(true)
  expect(sameAccount('NT SERVICE\\a', 'nt service\\A')).toBe(true)
  expect(sameAccount('LocalSystem', 'NT AUTHORITY\\LocalService')).toBe(false)
})

describe('a plan', () => {
  const extras = new Set<ScmExtra>(['description', 'failureActions'])

  test('has each call with its values, and no file', () => {
    const plan = planFor(spec, { home, extras, stead })
    expect(plan.files).toEqual([])
    expect(plan.steps.map((step) => (step.kind === 'call' ? step.api : step.kind))).toEqual([
      'CreateServiceW',
      'RegSetValueExW',
      'RegSetValueExW',
      'ChangeServiceConfig2W',
      'ChangeServiceConfig2W',
    ])
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  })

  test('says who runs the service and who starts it again', () => {
    const notes = planFor(spec, { home, extras, stead }).notes.join('\n')
    expect(notes).toContain('it runs as NT AUTHORITY\\LocalService')
    expect(notes).toContain('gives up at number 5')
    expect(notes).toContain('keep secrets in envFile')
  })

  test('says who restarts what, and for what a guard stays', () => {
    const any = { ...spec, protocol: 'none' as const, limits: { ...spec.limits, memory: 1 } }
    const notes = planFor(any, { home, extras, stead }).notes.join('\n')
    expect(notes).toContain(
      'a guard of its own stays resident (stead run app), because its program does not speak the protocol of Windows services, and for what the Service Control Manager does not know: limits.memory',
    )
    expect(notes).toContain('the guard restarts the program')
    expect(notes).toContain('the Service Control Manager restarts the guard itself')
    expect(notes).not.toContain('gives up at number')
    const wine = planFor(any, { home, extras: new Set(), stead }).notes.join('\n')
    expect(wine).toContain('nobody restarts the guard should it die')
  })
})
