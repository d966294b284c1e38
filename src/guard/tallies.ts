import type { GuardHappening } from '../model/guard-event.ts'
import type { StartTimes } from '../model/guard-graph.ts'
import type { ProbeTally, Tally } from '../model/guard-metrics.ts'
import type { ExitCause, InstanceStatus, ProbeFact, ProgramPhase } from '../model/guard-status.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ProbeOutcome } from '../model/ports/probe.ts'
import { LONG_BOUNDS, SHORT_BOUNDS, type TimeHistogram, timeHistogram } from './time-histogram.ts'

/**
 * Counts what happens to each instance, for whoever asks later. Cheap, since it is always on: a few
 * numbers of each, and a histogram only of what has happened at all.
 */
export interface Tallies {
  note(happening: GuardHappening): void
  probed(id: string, kind: ProbeFact['kind'], outcome: ProbeOutcome): void
  of(status: Pick<InstanceStatus, 'id' | 'phase'>): Tally
  /** When it was last asked to start, and what came of it; restarts by itself change nothing of that. */
  startOf(id: string): StartTimes | null
}

interface Probed {
  failed: number
  readonly took: TimeHistogram
}

interface Counting {
  readonly since: string
  readonly restarts: Partial<Record<ExitCause, number>>
  readonly ends: Partial<Record<ExitCause, number>>
  readonly phases: Partial<Record<ProgramPhase, number>>
  phase: ProgramPhase | null
  phaseSince: number
  /** Ends that no life has followed yet, and nobody has laid to rest. */
  open: { readonly incarnation: number; readonly cause: ExitCause }[]
  start: { -readonly [K in keyof StartTimes]: StartTimes[K] } | null
  /** When the life began that is not ready yet. */
  starting: number | null
  ready: TimeHistogram | null
  detection: TimeHistogram | null
  recovery: TimeHistogram | null
  readonly probes: Partial<Record<ProbeFact['kind'], Probed>>
}

/** Where an instance stays until somebody starts it: what begins then is no restart. */
const AT_REST: ReadonlySet<ProgramPhase> = new Set(['stopped', 'exited', 'fatal', 'lost'])
/** An end after which somebody wants it to be started anew. */
const ASKED: ReadonlySet<ExitCause> = new Set(['restart', 'stop', 'configuration'])
/** More ends than this within one turn are not told apart. */
const MOST_OPEN = 100

export function tallies({ monotonic, wall }: Pick<Clock, 'monotonic' | 'wall'>): Tallies {
  const all = new Map<string, Counting>()

  function countingOf(id: string): Counting {
    const known = all.get(id)
    if (known !== undefined) return known
    const fresh: Counting = {
      since: wall().toISOString(),
      restarts: {},
      ends: {},
      phases: {},
      phase: null,
      phaseSince: monotonic(),
      open: [],
      start: null,
      starting: null,
      ready: null,
      detection: null,
      recovery: null,
      probes: {},
    }
    all.set(id, fresh)
    return fresh
  }

  function moved(happening: Extract<GuardHappening, { type: 'phase' }>): void {
    const { id, from, to, incarnation } = happening
    const one = countingOf(id)
    const now = monotonic()
    const phase = one.phase ?? from
    one.phases[phase] = (one.phases[phase] ?? 0) + now - one.phaseSince
    one.phase = to
    one.phaseSince = now
    if (to === 'starting') one.starting = now
    else if (to !== 'running') one.starting = null
    const again = one.open.some((end) => end.incarnation < incarnation && ASKED.has(end.cause))
    if ((AT_REST.has(phase) && !AT_REST.has(to)) || again) one.start = begin(wall())
    if (to === 'starting' || to === 'running') mark(one, 'started')
    if (to === 'exited' || to === 'fatal') mark(one, 'ended')
    for (const end of one.open) if (end.incarnation < incarnation) add(one.restarts, end.cause)
    one.open = AT_REST.has(to) ? [] : one.open.filter((end) => end.incarnation >= incarnation)
  }

  function mark({ start }: Counting, what: Exclude<keyof StartTimes, 'asked'>): void {
    if (start !== null) start[what] ??= wall().toISOString()
  }

  return {
    note(happening) {
      switch (happening.type) {
        case 'phase':
          moved(happening)
          break
        case 'exit': {
          const { id, incarnation, cause } = happening
          const one = countingOf(id)
          add(one.ends, cause)
          one.open.push({ incarnation, cause })
          if (one.open.length > MOST_OPEN) one.open.shift()
          break
        }
        case 'ready': {
          const one = countingOf(happening.id)
          if (happening.ready) mark(one, 'ready')
          if (!happening.ready || one.starting === null) break
          one.ready ??= timeHistogram(LONG_BOUNDS)
          one.ready.observe(monotonic() - one.starting)
          one.starting = null
          break
        }
        case 'recovered': {
          const one = countingOf(happening.id)
          one.detection ??= timeHistogram(LONG_BOUNDS)
          one.recovery ??= timeHistogram(LONG_BOUNDS)
          one.detection.observe(happening.detection)
          one.recovery.observe(happening.recovery)
          break
        }
        case 'removed':
          all.delete(happening.id)
          break
        case 'health':
          if (happening.health === 'healthy') mark(countingOf(happening.id), 'healthy')
          break
        case 'want':
        case 'survivors':
        case 'added':
        case 'changed':
        case 'group':
        case 'parameter':
        case 'sink':
        case 'config':
        case 'guard':
          break
      }
    },
    probed(id, kind, { ok, took }) {
      const one = countingOf(id)
      const probed = one.probes[kind] ?? { failed: 0, took: timeHistogram(SHORT_BOUNDS) }
      one.probes[kind] = probed
      probed.took.observe(took)
      if (!ok) probed.failed += 1
    },
    startOf(id) {
      const start = all.get(id)?.start ?? null
      return start === null ? null : { ...start }
    },
    of({ id, phase: present }) {
      const one = countingOf(id)
      const { since, restarts, ends, phases, probes, ready, detection, recovery } = one
      const phase = one.phase ?? present
      const spent = (phases[phase] ?? 0) + monotonic() - one.phaseSince
      return {
        since,
        restarts: { ...restarts },
        ends: { ...ends },
        phases: { ...phases, [phase]: spent },
        ready: ready?.read() ?? null,
        detection: detection?.read() ?? null,
        recovery: recovery?.read() ?? null,
        probes: Object.fromEntries(
          Object.entries(probes).map(([kind, { failed, took }]): [string, ProbeTally] => [
            kind,
            { failed, took: took.read() },
          ]),
        ),
      }
    },
  }
}

function add(counts: Partial<Record<ExitCause, number>>, cause: ExitCause): void {
  counts[cause] = (counts[cause] ?? 0) + 1
}

function begin(at: Date): NonNullable<Counting['start']> {
  return { asked: at.toISOString(), started: null, ready: null, healthy: null, ended: null }
}
