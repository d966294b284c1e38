import { describe, expect, test } from 'vitest'
import { exitOf, meaningOf, signalName } from './exit-status.ts'

describe('L14 how a process ended, by number', () => {
  test.each([
    [0, 0, null],
    [1, 0, { kind: 'code', code: 0 }],
    [1, 9, { kind: 'code', code: 9 }],
    [2, 9, { kind: 'signal', signal: 'SIGKILL' }],
    [2, 15, { kind: 'signal', signal: 'SIGTERM' }],
    [3, 11, { kind: 'signal', signal: 'SIGSEGV', coreDumped: true }],
    [3, 6, { kind: 'signal', signal: 'SIGABRT', coreDumped: true }],
    [6, 0, { kind: 'unknown' }],
  ])('ExecMainCode %i and ExecMainStatus %i', (code, status, expected) => {
    expect(exitOf(code, status)).toEqual(expected)
  })

  test.each([
    [1, 'SIGHUP'],
    [10, 'SIGUSR1'],
    [12, 'SIGUSR2'],
    [31, 'SIGSYS'],
    [34, 'SIGRTMIN+0'],
    [64, 'SIGRTMIN+30'],
    [32, 'SIG32'],
  ])('signal %i is %s', (number, expected) => {
    expect(signalName(number)).toBe(expected)
  })

  test('codes that systemd itself makes are explained, a program’s own are not', () => {
    expect(meaningOf({ kind: 'code', code: 203 })).toMatch(/EXEC/)
    expect(meaningOf({ kind: 'code', code: 217 })).toMatch(/USER/)
    expect(meaningOf({ kind: 'code', code: 1 })).toBeNull()
    expect(meaningOf({ kind: 'signal', signal: 'SIGKILL' })).toBeNull()
  })
})
