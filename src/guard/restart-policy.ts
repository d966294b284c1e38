import { type Exit, succeeded } from '../model/exit.ts'
import type { ProgramRestart } from '../model/program-spec.ts'
import type { Moment, Policy } from './state.ts'

/** Is this end a failure? An exit with 0 before the start counted is none for a job, or where every start counts. */
export function isFailure(exit: Exit, settled: boolean, policy: Policy): boolean {
  if (!succeeded(exit)) return true
  return policy.type === 'service' && !settled && policy.startSeconds > 0
}

/** Does the policy want another start after this end? */
export function wantsRestart(exit: Exit, failed: boolean, { when }: ProgramRestart): boolean {
  if (when === 'always') return true
  if (when === 'no') return false
  if (when === 'on-failure') return failed
  if (exit.kind === 'code') return when.codes.includes(exit.code)
  if (exit.kind === 'signal') return when.signals.includes(exit.signal)
  return exit.kind === 'unknown'
}

export type Verdict =
  | { readonly restart: true; readonly delay: number; readonly failures: readonly number[] }
  | { readonly restart: false; readonly why: string; readonly failures: readonly number[] }

/**
 * Counts one more failure and says what comes of it: the limit is a window that slides over the whole
 * life, so a crash loop after a year of health meets it like one at the first start.
 */
export function judgeFailure(
  failures: readonly number[],
  restart: ProgramRestart,
  { now, random }: Moment,
): Verdict {
  const { limit, strategy } = restart
  const window = limit?.window ?? DEFAULT_WINDOW
  const keep = limit?.count ?? MAX_COUNTED
  const counted = [...failures.filter((at) => now - at < window), now].slice(-(keep + 1))
  if (strategy === 'manual') {
    return { restart: false, why: 'its recovery is manual', failures: counted }
  }
  if (limit !== null && counted.length > limit.count) {
    const why = `it failed more than ${limit.count} times in ${limit.window / 1000} s`
    return { restart: false, why, failures: counted }
  }
  return { restart: true, delay: delayOf(counted.length, restart, random), failures: counted }
}

/** Without a limit failures count towards the delay for so long, and at most so many. */
const DEFAULT_WINDOW = 60_000
const MAX_COUNTED = 64

/** The wait before the restart after the n-th failure that counts, jitter included. */
export function delayOf(nth: number, restart: ProgramRestart, random: () => number): number {
  if (restart.strategy === 'immediate' || nth <= restart.immediate) return 0
  const grown = restart.delay * restart.factor ** (nth - restart.immediate - 1)
  const capped = Math.min(grown, restart.maxDelay)
  return Math.round(capped * (1 + restart.jitter * (2 * random() - 1)))
}
