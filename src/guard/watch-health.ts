import type { HealthCheck, ProbeTarget, ProbeTiming } from '../model/program-checks.ts'
import { type ProbeDeps, type ProbeLoop, probeLoop } from './probe-loop.ts'

/** A program is asked this soon after its start, then at growing intervals: most are ready soon. */
const FIRST_LOOK = 20
const GROWTH = 1.5

/**
 * @param since when the fault began, on the monotonic clock: the last good answer, or the start of
 * the watching
 */
export type HealthReport = (healthy: boolean, why: string, since: number) => void

/**
 * Asks every so often whether a program is healthy; at first more often, since others may wait for it.
 * One good answer makes it healthy; so many bad ones in a row make it unhealthy. Bad ones before the
 * first `every`, or in the start period, do not count. Each change is told once.
 */
export function watchHealth(check: HealthCheck, deps: ProbeDeps, report: HealthReport): ProbeLoop {
  const { clock } = deps
  const began = clock.monotonic()
  let healthy: boolean | null = null
  let failures = 0
  let lastGood = began
  const pause = (count: number): number => {
    const early = healthy === null && clock.monotonic() - began < check.every
    return early ? firstPause(check, count) : check.every
  }
  return probeLoop('health', check, deps, pause, ({ outcome, started, ended }) => {
    if (outcome.ok) {
      failures = 0
      lastGood = ended
      if (healthy !== true) {
        healthy = true
        report(true, outcome.detail, ended)
      }
      return false
    }
    if (started - began < Math.max(check.startPeriod, check.every)) return false
    failures += 1
    if (failures < check.failures || healthy === false) return false
    healthy = false
    const times = failures === 1 ? 'its health probe failed' : `${failures} health probes failed`
    report(false, `${times}: ${outcome.detail}`, lastGood)
    return false
  })
}

/** Asks until the answer is good, tells it once and ends. */
export function watchReadiness(
  check: ProbeTarget & ProbeTiming,
  deps: ProbeDeps,
  ready: () => void,
): ProbeLoop {
  const pause = (count: number): number => firstPause(check, count)
  return probeLoop('ready', check, deps, pause, ({ outcome }) => {
    if (outcome.ok) ready()
    return outcome.ok
  })
}

function firstPause({ every }: ProbeTiming, count: number): number {
  return Math.min(every, FIRST_LOOK * GROWTH ** count)
}
