import { describe, expect, test } from 'vitest'
import type { Exit } from '../model/exit.ts'
import type { InstanceStatus, ProgramPhase } from '../model/guard-status.ts'
import { programEnd } from './program-end.ts'

const code = (value: number): Exit => ({ kind: 'code', code: value })
const missing: Exit = { kind: 'spawn-error', errno: 'ENOENT' }
const killed: Exit = { kind: 'signal', signal: 'SIGKILL' }

function seen(phase: ProgramPhase, exit: Exit | null): InstanceStatus {
  const lastExit = exit === null ? null : { exit }
  return { phase, lastExit, why: 'because' } as unknown as InstanceStatus
}

describe('the end of a guard', () => {
  test('is a success where the program was stopped, or ended well', () => {
    const wanted = { exit: code(0), failure: null }
    expect(programEnd(null, 'scm')).toEqual(wanted)
    expect(programEnd(seen('running', code(7)), 'scm')).toEqual(wanted)
    expect(programEnd(seen('exited', code(0)), 'systemd')).toEqual(wanted)
  })

  test.each<[string, Exit, Exit]>([
    ['the code of its program', code(7), code(7)],
    ['the number of a crash', code(0xc0000005), code(0xc0000005)],
    ['why it could not be started', missing, missing],
    ['70 for a success that was none', code(0), code(70)],
    ['70 for a signal', killed, code(70)],
  ])('tells Windows %s', (_, exit, told) => {
    expect(programEnd(seen('fatal', exit), 'scm')).toEqual({ exit: told, failure: 'because' })
  })

  test('tells every other manager the one code after which it is not started again', () => {
    for (const exit of [code(7), missing, killed, code(0), null]) {
      for (const host of ['systemd', 'launchd', 'console'] as const) {
        expect(programEnd(seen('fatal', exit), host)).toEqual({
          exit: code(70),
          failure: 'because',
        })
      }
    }
  })

  test('of a program that ended with a code and is not to be restarted is a failure too', () => {
    expect(programEnd(seen('exited', code(3)), 'scm').exit).toEqual(code(3))
    expect(programEnd(seen('exited', code(3)), 'systemd').exit).toEqual(code(70))
  })
})
