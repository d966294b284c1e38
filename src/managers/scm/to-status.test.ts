import { describe, expect, test } from 'vitest'
import type { ScmStatus } from '../../model/ports/service-control.ts'
import type { ScmState } from '../../model/scm-values.ts'
import type { Phase } from '../../model/service-status.ts'
import { legalVerbs, type ScmFacts, toStatus } from './to-status.ts'

const status: ScmStatus = {
  state: 'stopped',
  accepts: 0,
  win32ExitCode: 0,
  specificExitCode: 0,
  checkPoint: 0,
  waitHint: 0,
  pid: null,
}

function told(change: Partial<ScmStatus>, facts: Partial<ScmFacts> = {}) {
  return toStatus({
    name: 'app',
    ours: true,
    status: { ...status, ...change },
    config: null,
    delayed: false,
    failureActions: null,
    startedAt: null,
    memory: null,
    ...facts,
  })
}

describe('the status of a Windows service', () => {
  test.each<[ScmState, Phase, boolean]>([
    ['stopped', 'stopped', false],
    ['start-pending', 'starting', false],
    ['running', 'running', true],
    ['pause-pending', 'pausing', false],
    ['paused', 'paused', true],
    ['continue-pending', 'resuming', false],
    ['stop-pending', 'stopping', false],
  ])('%s is %s, ready %s', (state, phase, ready) => {
    expect(told({ state })).toMatchObject({ phase, ready })
  })

  test('one that was never started (1077) is stopped and has no last exit', () => {
    expect(told({ win32ExitCode: 1077 })).toMatchObject({
      phase: 'stopped',
      lastExit: null,
      why: null,
    })
  })

  test('one that ended with success has code 0', () => {
    expect(told({})).toMatchObject({
      phase: 'stopped',
      lastExit: { exit: { kind: 'code', code: 0 }, at: null },
    })
  })

  test('L14 the specific code counts with 1066 and with nothing else', () => {
    expect(told({ win32ExitCode: 1066, specificExitCode: 7 })).toMatchObject({
      phase: 'fatal',
      lastExit: { exit: { kind: 'code', code: 7 } },
      why: 'it ended with code 7',
    })
    expect(told({ win32ExitCode: 42, specificExitCode: 7 }).lastExit?.exit).toEqual({
      kind: 'code',
      code: 42,
    })
  })

  test.each([
    [1067, { kind: 'unknown' }],
    [1053, { kind: 'unknown' }],
    [2, { kind: 'spawn-error', errno: 'ERROR_FILE_NOT_FOUND' }],
    [193, { kind: 'spawn-error', errno: 'ERROR_BAD_EXE_FORMAT' }],
    [1069, { kind: 'spawn-error', errno: 'ERROR_SERVICE_LOGON_FAILED' }],
  ])('L14 %i is no code of the program', (win32ExitCode, exit) => {
    const { phase, lastExit, why } = told({ win32ExitCode })
    expect(phase).toBe('fatal')
    expect(lastExit?.exit).toEqual(exit)
    expect(why).toContain(`Windows error ${win32ExitCode}`)
  })

  test('a dependency that failed says so, and there was no process', () => {
    expect(told({ win32ExitCode: 1068 })).toMatchObject({ phase: 'fatal', lastExit: null })
  })

  test('a failure is backoff only where it is sure to be started again', () => {
    const failed = { win32ExitCode: 1066, specificExitCode: 1 }
    const restart = { type: 'restart', delay: 2_000 } as const
    const endless = { resetPeriod: 0, actions: [restart] }
    expect(told(failed, { failureActions: endless })).toMatchObject({
      phase: 'backoff',
      why: 'it ended with code 1; it is started again 2 s after a failure',
    })
    const actions = [restart, restart, { type: 'none', delay: 0 } as const]
    expect(told(failed, { failureActions: { resetPeriod: 60, actions } })).toMatchObject({
      phase: 'fatal',
      why: 'it ended with code 1; it is started again 2 s after a failure, at most 2 times in a row',
    })
  })

  test('what may not be seen is null', () => {
    expect(told({ state: 'running', pid: 8 })).toMatchObject({
      pid: 8,
      displayName: null,
      startType: null,
      startedAt: null,
    })
  })
})

test.each<[ScmState, number, string[]]>([
  ['stopped', 0, ['start']],
  ['running', 0x1 | 0x2 | 0x8, ['stop', 'pause', 'reload']],
  ['paused', 0x1 | 0x2 | 0x8, ['stop', 'resume', 'reload']],
  ['running', 0x1, ['stop']],
  ['start-pending', 0, []],
])('%s with controls %i takes %j', (state, accepts, verbs) => {
  expect(legalVerbs({ ...status, state, accepts })).toEqual(verbs)
})
