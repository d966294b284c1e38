import { describe, expect, test } from 'vitest'
import type { Exit } from '../model/exit.ts'
import { PROGRAM_DEFAULTS, type ProgramRestart } from '../model/program-spec.ts'
import { delayOf, isFailure, judgeFailure, wantsRestart } from './restart-policy.ts'
import type { Policy } from './state.ts'

const HALF = (): number => 0.5
const LOWEST = (): number => 0
const HIGHEST = (): number => 1 - Number.EPSILON

function restart(settings: Partial<ProgramRestart> = {}): ProgramRestart {
  return {
    when: 'on-failure',
    strategy: 'exponential',
    immediate: 0,
    delay: 100,
    factor: 2,
    maxDelay: 1_000,
    jitter: 0,
    limit: { count: 3, window: 10_000 },
    ...settings,
  }
}

function policy(settings: Partial<Policy> = {}): Policy {
  return { ...PROGRAM_DEFAULTS, ...settings }
}

const code = (value: number): Exit => ({ kind: 'code', code: value })
const signal = (name: string): Exit => ({ kind: 'signal', signal: name })

describe('the delay before a restart', () => {
  test('L01 grows by its factor from failure to failure, up to its cap', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((nth) => delayOf(nth, restart(), HALF))
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000])
  })

  test('L01 begins after the failures that are restarted at once', () => {
    const delays = [1, 2, 3, 4, 5].map((nth) => delayOf(nth, restart({ immediate: 2 }), HALF))
    expect(delays).toEqual([0, 0, 100, 200, 400])
  })

  test('L01 with a factor of 1 stays the same', () => {
    const delays = [1, 2, 9].map((nth) => delayOf(nth, restart({ factor: 1 }), HALF))
    expect(delays).toEqual([100, 100, 100])
  })

  test('L01 varies by its jitter either way, the cap included, and by no more', () => {
    const shaken = restart({ jitter: 0.1 })
    expect([1, 5].map((nth) => delayOf(nth, shaken, LOWEST))).toEqual([90, 900])
    expect([1, 5].map((nth) => delayOf(nth, shaken, HIGHEST))).toEqual([110, 1_100])
    expect(delayOf(1, shaken, HALF)).toBe(100)
  })

  test('L01 stays finite after any number of failures', () => {
    expect(delayOf(100_000, restart({ jitter: 0.1 }), HALF)).toBe(1_000)
  })

  test('L01 is none under the strategy immediate', () => {
    expect(delayOf(7, restart({ strategy: 'immediate', jitter: 1 }), HIGHEST)).toBe(0)
  })

  test('L13 differs for 200 that fail together', () => {
    let n = 0
    const random = (): number => (n++ % 200) / 200
    const delays = Array.from({ length: 200 }, () =>
      delayOf(5, restart({ jitter: 0.1, maxDelay: 30_000, delay: 1_000 }), random),
    )
    expect(new Set(delays).size).toBe(200)
    expect(Math.min(...delays)).toBe(14_400)
    expect(Math.max(...delays)).toBeLessThanOrEqual(17_600)
    expect(Math.max(...delays)).toBeGreaterThan(17_500)
  })
})

describe('the limit of failures', () => {
  /** Fails at each of these times, one after the other. */
  function judgeAll(times: readonly number[], settings: Partial<ProgramRestart> = {}) {
    let failures: readonly number[] = []
    return times.map((now) => {
      const verdict = judgeFailure(failures, restart(settings), { now, random: HALF })
      failures = verdict.failures
      return verdict.restart ? verdict.delay : verdict.why
    })
  }

  test('L01 the failure after the last allowed one in the window is the end', () => {
    expect(judgeAll([0, 1, 2, 3])).toEqual([100, 200, 400, 'it failed more than 3 times in 10 s'])
  })

  test('L11 the window slides: what is older than it does not count, to the millisecond', () => {
    expect(judgeAll([0, 1, 2, 9_999]).at(-1)).toBe('it failed more than 3 times in 10 s')
    expect(judgeAll([0, 1, 2, 10_000]).at(-1)).toBe(400)
  })

  test('L11 failures far apart each count as the first', () => {
    const hourly = Array.from({ length: 100 }, (_, n) => n * 3_600_000)
    expect(new Set(judgeAll(hourly))).toEqual(new Set([100]))
  })

  test('L11 a crash loop after an hour of health meets the same limit', () => {
    const loop = [3_600_000, 3_600_001, 3_600_002, 3_600_003]
    expect(judgeAll([0, ...loop]).slice(1)).toEqual(judgeAll(loop))
  })

  test('L01 without a limit it never ends, and what is remembered is bounded', () => {
    const times = Array.from({ length: 1_000 }, (_, n) => n)
    expect(judgeAll(times, { limit: null }).at(-1)).toBe(1_000)
    let failures: readonly number[] = []
    for (const now of times) {
      failures = judgeFailure(failures, restart({ limit: null }), { now, random: HALF }).failures
    }
    expect(failures.length).toBeLessThanOrEqual(65)
  })

  test('L01 under the strategy immediate the limit counts too', () => {
    expect(judgeAll([0, 1, 2, 3], { strategy: 'immediate' })).toEqual([
      0,
      0,
      0,
      'it failed more than 3 times in 10 s',
    ])
  })

  test('L01 under the strategy manual the first failure is the end', () => {
    expect(judgeAll([0], { strategy: 'manual' })).toEqual(['its recovery is manual'])
  })
})

describe('what counts as a failure', () => {
  test('L02 an exit with 0 in the start window is a failure of a service, not of a job', () => {
    expect(isFailure(code(0), false, policy({ type: 'service' }))).toBe(true)
    expect(isFailure(code(0), false, policy({ type: 'job' }))).toBe(false)
    expect(isFailure(code(0), false, policy({ type: 'service', startSeconds: 0 }))).toBe(false)
  })

  test('L02 after the start window an exit with 0 is no failure of either', () => {
    expect(isFailure(code(0), true, policy({ type: 'service' }))).toBe(false)
    expect(isFailure(code(0), true, policy({ type: 'job' }))).toBe(false)
  })

  test('L14 a signal and a code that is not 0 are failures whenever they come', () => {
    for (const exit of [code(1), code(143), signal('SIGTERM'), signal('SIGSEGV')]) {
      for (const settled of [true, false]) {
        for (const type of ['job', 'service'] as const) {
          expect(isFailure(exit, settled, policy({ type }))).toBe(true)
        }
      }
    }
  })
})

describe('which ends are followed by a start', () => {
  const named = restart({ when: { codes: [7], signals: ['SIGSEGV'] } })

  test('always: all; no: none; on-failure: failures', () => {
    expect(wantsRestart(code(0), false, restart({ when: 'always' }))).toBe(true)
    expect(wantsRestart(signal('SIGKILL'), true, restart({ when: 'no' }))).toBe(false)
    expect(wantsRestart(code(0), false, restart({ when: 'on-failure' }))).toBe(false)
    expect(wantsRestart(code(0), true, restart({ when: 'on-failure' }))).toBe(true)
  })

  test('L14 named exits: a code is not the signal that a shell would write so, nor the reverse', () => {
    expect(wantsRestart(code(7), true, named)).toBe(true)
    expect(wantsRestart(code(8), true, named)).toBe(false)
    expect(wantsRestart(signal('SIGSEGV'), true, named)).toBe(true)
    expect(wantsRestart(code(139), true, named)).toBe(false)
    expect(wantsRestart(signal('SIGBUS'), true, named)).toBe(false)
  })

  test('named exits: an end that nobody saw may have been one of them', () => {
    expect(wantsRestart({ kind: 'unknown' }, true, named)).toBe(true)
    expect(wantsRestart({ kind: 'spawn-error', errno: 'EAGAIN' }, true, named)).toBe(false)
  })
})
