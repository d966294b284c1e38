import type { ExecProbeOptions, ProbeOptions, ProbeOutcome, Probes } from '../model/ports/probe.ts'
import type { Timers } from '../model/ports/timers.ts'
import { describeFailure, describeNeed, type Need, type UnmetNeed } from '../model/program-needs.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { NeedsTarget } from './watchers.ts'

export interface LookParts {
  readonly timers: Timers
  readonly probes: Probes
  /** The environment of the program's own commands. */
  readonly environmentOf: (target: {
    readonly spec: ProgramSpec
  }) => Readonly<Record<string, string>>
}

/** One try of everything that a program needs; it ends when the last answer is there, or is overdue. */
export function lookForNeeds(
  target: NeedsTarget,
  { timers, probes, environmentOf }: LookParts,
  told: (unmet: readonly UnmetNeed[]) => void,
): () => void {
  const abort = new AbortController()
  const { needs } = target.spec
  const tries = needs.map((need) => within(need, timers, abort.signal, ask))
  void Promise.all(tries).then((outcomes) => {
    if (abort.signal.aborted) return
    const unmet = needs.flatMap((need, index): UnmetNeed[] => {
      const { ok, detail } = outcomes[index] as ProbeOutcome
      return ok ? [] : [{ need: describeNeed(need), how: describeFailure(detail) }]
    })
    told(unmet)
  })

  async function ask(need: Need, options: ProbeOptions): Promise<ProbeOutcome> {
    switch (need.kind) {
      case 'http':
        return probes.http(need.url, options)
      case 'tcp':
        return probes.tcp(need.host, need.port, options)
      case 'file':
        return probes.file(need.path, options)
      case 'dns':
        return probes.dns(need.name, options)
      case 'exec':
        return probes.exec(need.command, { ...execOptions(), ...options })
    }
  }

  /** As the program itself: its user, its directory, its environment. */
  function execOptions(): Omit<ExecProbeOptions, 'timeout' | 'signal'> {
    const { cwd, user, group, supplementaryGroups } = target.spec
    return { cwd, user, group, supplementaryGroups, env: environmentOf(target) }
  }

  return () => abort.abort()
}

/** Whoever implements the port keeps to the timeout as well; this one holds whatever they do. */
function within(
  need: Need,
  timers: Timers,
  signal: AbortSignal,
  ask: (need: Need, options: ProbeOptions) => Promise<ProbeOutcome>,
): Promise<ProbeOutcome> {
  const { timeout } = need
  const own = new AbortController()
  return new Promise((resolve) => {
    const end = (outcome: ProbeOutcome): void => {
      cancel()
      signal.removeEventListener('abort', leave)
      own.abort()
      resolve(outcome)
    }
    const fail = (detail: string): void => end({ ok: false, took: timeout, detail })
    const cancel = timers.after(timeout, () => fail(`no answer within ${timeout} ms`))
    const leave = (): void => fail('not finished')
    signal.addEventListener('abort', leave, { once: true })
    ask(need, { timeout, signal: own.signal }).then(end, (error: unknown) =>
      fail((error as Error).message),
    )
  })
}
