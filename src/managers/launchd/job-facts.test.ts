import { describe, expect, test } from 'vitest'
import { parseJob } from './job-facts.ts'

const job = (...lines: string[]): string =>
  ['system/web = {', '\tactive count = 1', '\ttype = LaunchDaemon', ...lines, '}', ''].join('\n')

describe('what launchctl prints of a job', () => {
  test('running, never ended', () => {
    const text = job(
      '\tstate = running',
      '\truns = 1',
      '\tpid = 4711',
      '\tlast exit code = (never exited)',
    )
    expect(parseJob(text)).toEqual({ pid: 4711, lastExit: null, runs: 1 })
  })

  test('ended with a code, with and without its name', () => {
    expect(parseJob(job('\tlast exit code = 7')).lastExit).toEqual({ kind: 'code', code: 7 })
    const named = job('\tlast exit code = 78: EX_CONFIG')
    expect(parseJob(named).lastExit).toEqual({ kind: 'code', code: 78 })
  })

  test('L14 ended by a signal, by its number on macOS, and by no code', () => {
    const bus = job('\tlast exit code = 0', '\tlast terminating signal = Bus error: 10')
    expect(parseJob(bus).lastExit).toEqual({ kind: 'signal', signal: 'SIGBUS' })
    const strange = job('\tlast terminating signal = Unheard of: 99')
    expect(parseJob(strange).lastExit).toEqual({ kind: 'signal', signal: 'signal 99' })
  })

  test('what is not there is not guessed', () => {
    expect(parseJob('')).toEqual({ pid: null, lastExit: null, runs: null })
    expect(parseJob(job('\tpid = many'))).toEqual({ pid: null, lastExit: null, runs: null })
  })

  test('an argument or a variable cannot pretend to be a fact', () => {
    const hostile = '\t\tx\n\tpid = 1\n\tlast exit code = 9'
    const text = job(
      '\targuments = {',
      hostile,
      '\t}',
      '\tenvironment = {',
      hostile,
      '\t}',
      '\truns = 2',
      '\tpid = 4711',
      '\tlast exit code = 3',
    )
    expect(parseJob(text)).toEqual({ pid: 4711, lastExit: { kind: 'code', code: 3 }, runs: 2 })
  })
})
