import { describe, expect, test } from 'vitest'
import { homeOf } from '../../model/home.ts'
import type { ScmExtra } from '../../model/ports/service-control.ts'
import { INFINITE } from '../../model/scm-values.ts'
import { completeSpec } from '../../model/service-spec.ts'
import { sameAccount } from './account.ts'
import { definitionOf, isOfHome } from './definition.ts'
import { failureActionsOf } from './failure-actions.ts'
import { planFor } from './plan.ts'

const env = { ProgramData: 'C:\\ProgramData' }
const home = homeOf({ platform: 'win32', scope: 'system', env, userHome: '', root: null })
const rooted = homeOf({ platform: 'win32', scope: 'system', env, userHome: '', root: 'D:\\Stead' })

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
    expect(definitionOf(spec, home).config).toEqual({
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
    expect(definitionOf(spec, home).extras).toEqual({
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
    })
  })

  test('has the environment, with the variables of stead', () => {
    expect(definitionOf(spec, home).environment).toEqual([
      'GREETING=grüße',
      'STEAD_SERVICE=app',
      'STEAD_CONFIG=C:\\app\\app.conf',
    ])
    expect(definitionOf(spec, rooted).environment).toContain('STEAD_HOME=D:\\Stead')
  })

  test('has the record that the service reads', () => {
    const { record } = definitionOf(spec, home)
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
    const plan = planFor(spec, home, extras)
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
    const notes = planFor(spec, home, extras).notes.join('\n')
    expect(notes).toContain('it runs as NT AUTHORITY\\LocalService')
    expect(notes).toContain('gives up at number 5')
    expect(notes).toContain('keep secrets in envFile')
  })
})
