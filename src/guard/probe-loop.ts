import type { ProbeFact } from '../model/guard-status.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ExecProbeOptions, ProbeOutcome, Probes } from '../model/ports/probe.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { ProbeTarget, ProbeTiming } from '../model/program-checks.ts'

export interface ProbeDeps {
  readonly clock: Clock
  readonly timers: Timers
  readonly probes: Probes
  /** For a command: whose it is, and where it runs. */
  readonly exec: Omit<ExecProbeOptions, 'timeout' | 'signal'>
  /** Told of each probe that ended, before anything follows from it. */
  readonly probed?: (kind: ProbeFact['kind'], outcome: ProbeOutcome) => void
}

/** One probe, ended. */
export interface ProbeEvent {
  readonly outcome: ProbeOutcome
  /** Of the monotonic clock. */
  readonly started: number
  readonly ended: number
}

export interface ProbeLoop {
  fact(): ProbeFact
  stop(): void
}

/**
 * Probes again and again, never two at once. What is told after `stop`, or by a probe that outlived its
 * timeout, is discarded.
 *
 * @param pause milliseconds from the start of a probe to the next one's, by how many there were
 * @param told returns true to end the loop
 */
export function probeLoop(
  kind: ProbeFact['kind'],
  check: ProbeTarget & ProbeTiming,
  { clock, timers, probes, exec, probed }: ProbeDeps,
  pause: (count: number) => number,
  told: (event: ProbeEvent) => boolean,
): ProbeLoop {
  const target = describeTarget(check)
  let fact: ProbeFact = {
    kind,
    target,
    at: null,
    ok: null,
    took: null,
    detail: null,
    failures: 0,
  }
  let count = 0
  let over = false
  let cancel = timers.after(pause(0), probe)
  let current: AbortController | null = null

  function probe(): void {
    const started = clock.monotonic()
    const abort = new AbortController()
    current = abort
    count += 1
    const end = (outcome: ProbeOutcome): void => {
      if (over || current !== abort) return
      current = null
      cancel()
      abort.abort()
      const { ok, took, detail } = outcome
      const at = clock.wall().toISOString()
      fact = { ...fact, at, ok, took, detail, failures: ok ? 0 : fact.failures + 1 }
      const ended = clock.monotonic()
      probed?.(kind, outcome)
      if (told({ outcome, started, ended })) stop()
      // Who is told may have stopped us.
      if (!over) cancel = timers.after(Math.max(0, started + pause(count) - ended), probe)
    }
    const { timeout } = check
    // Whoever implements the port keeps to the timeout as well; this one holds whatever they do.
    cancel = timers.after(timeout, () => {
      end({ ok: false, took: timeout, detail: `no answer within ${timeout} ms` })
    })
    ask(abort.signal).then(end, (error: unknown) => {
      end({ ok: false, took: clock.monotonic() - started, detail: String(error) })
    })
  }

  function ask(signal: AbortSignal): Promise<ProbeOutcome> {
    const options = { timeout: check.timeout, signal }
    if (check.kind === 'http') return probes.http(check.url, options)
    if (check.kind === 'tcp') return probes.tcp(check.host, check.port, options)
    return probes.exec(check.command, { ...exec, ...options })
  }

  function stop(): void {
    over = true
    cancel()
    current?.abort()
    current = null
  }

  return { fact: () => fact, stop }
}

function describeTarget(check: ProbeTarget): string {
  if (check.kind === 'http') return check.url
  if (check.kind === 'tcp') return `${check.host}:${check.port}`
  return check.command.join(' ')
}
