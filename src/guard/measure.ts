import type {
  GuardMetrics,
  InstanceBurden,
  InstanceMetrics,
  OwnUsage,
} from '../model/guard-metrics.ts'
import type { GroupFact, GuardFacts, InstanceStatus } from '../model/guard-status.ts'
import type { ParameterFact } from '../model/parameter.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { OutputCounts } from '../model/ports/program-output.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { TreeUsage } from '../model/ports/tree-usage.ts'
import type { GuardEvents } from './guard-parts.ts'
import type { Instance } from './instance.ts'
import { lagMeter } from './lag-meter.ts'
import type { Tallies } from './tallies.ts'

export interface MeasureParts {
  readonly clock: Clock
  readonly timers: Timers
  readonly usage: TreeUsage
  readonly own: () => OwnUsage
  readonly events: Pick<GuardEvents, 'lost'>
  readonly tallies: Tallies
  readonly all: () => readonly Instance[]
  readonly statuses: (instances: readonly Instance[]) => readonly InstanceStatus[]
  readonly facts: () => GuardFacts
  readonly groups: () => readonly GroupFact[]
  readonly parametersOf: (service: string) => readonly ParameterFact[]
}

export interface Measuring {
  /** Of those instances; the same object as before where nothing was measured anew. */
  read(instances: readonly Instance[]): Promise<GuardMetrics>
  stop(): void
}

/** How long one look serves all who ask, in milliseconds. */
const FRESH = 1_000
/** Who keeps logs may be held up by a disk: what it does not tell in time is left out. */
const PATIENCE = 1_000
/** Different selections that are remembered of one look: callers that see different services. */
const MOST_SELECTIONS = 16

/**
 * Finds out everything there is to measure, because somebody asks and never otherwise. One look is for
 * all instances and serves everybody for a second.
 */
export function measuring(parts: MeasureParts): Measuring {
  const { clock, timers, usage } = parts
  const lag = lagMeter(parts)
  /** Processor time of the lives that are over and of the present one, as far as it was seen. */
  const spent = new Map<string, { incarnation: number; life: number; total: number }>()
  let last: Promise<GuardMetrics> | null = null
  let lastAt = Number.NEGATIVE_INFINITY
  let selections = new Map<string, GuardMetrics>()

  async function look(): Promise<GuardMetrics> {
    const began = clock.monotonic()
    const instances = parts.all()
    const pids = instances.flatMap(({ state: { pid } }) => (pid === null ? [] : [pid]))
    const [used, extents, outputs] = await Promise.all([
      usage.sample(pids),
      usage.extents(pids),
      Promise.all(instances.map(countsOf)),
    ])
    const statuses = parts.statuses(instances)
    const services = instances.map(({ id, state }, at): InstanceMetrics => {
      const status = statuses[at] as InstanceStatus
      const sample = state.pid === null ? undefined : used.get(state.pid)
      const extent = state.pid === null ? undefined : extents.get(state.pid)
      const burden: InstanceBurden | null =
        sample === undefined
          ? null
          : {
              memory: sample.memory,
              cpu: spentBy(id, state.incarnation, sample.cpu),
              processes: extent?.processes ?? 1,
              descriptors: extent?.descriptors ?? null,
            }
      return {
        status,
        tally: parts.tallies.of(status),
        output: outputs[at] ?? null,
        burden,
        parameters: parts.parametersOf(status.service),
      }
    })
    const there = new Set(instances.map(({ id }) => id))
    for (const id of spent.keys()) if (!there.has(id)) spent.delete(id)
    return {
      guard: parts.facts(),
      own: parts.own(),
      lag: lag.read(),
      eventsLost: parts.events.lost(),
      took: clock.monotonic() - began,
      groups: parts.groups(),
      services,
    }
  }

  /** Never less than before: what a process that is gone had used is not counted by anybody any more. */
  function spentBy(id: string, incarnation: number, cpu: number): number {
    const before = spent.get(id)
    const same = before?.incarnation === incarnation
    const life = same ? Math.max(before.life, cpu) : cpu
    const total = (before?.total ?? 0) + life - (same ? before.life : 0)
    spent.set(id, { incarnation, life, total })
    return total
  }

  function countsOf({ channel }: Instance): Promise<OutputCounts | null> {
    if (channel?.file == null) return Promise.resolve(null)
    return new Promise((resolve) => {
      const cancel = timers.after(PATIENCE, () => resolve(null))
      const end = (counts: OutputCounts | null): void => {
        cancel()
        resolve(counts)
      }
      channel.counts().then(end, () => end(null))
    })
  }

  return {
    async read(instances) {
      const now = clock.monotonic()
      if (last === null || now - lastAt >= FRESH) {
        lastAt = now
        last = look()
        selections = new Map()
        // A look that failed serves nobody but those who wait for it.
        last.catch(() => {
          last = null
        })
      }
      const of = selections
      const all = await last
      const wanted = new Set(instances.map(({ id }) => id))
      const services = all.services.filter(({ status: { id } }) => wanted.has(id))
      if (services.length === all.services.length) return all
      const key = services.map(({ status: { id } }) => id).join(' ')
      const known = of.get(key) ?? { ...all, services, groups: groupsOf(all.groups, services) }
      if (of.size < MOST_SELECTIONS) of.set(key, known)
      return known
    },
    stop: () => lag.stop(),
  }
}

/** What a group has in it of those services. */
function groupsOf(
  groups: readonly GroupFact[],
  of: readonly InstanceMetrics[],
): readonly GroupFact[] {
  const seen = new Set(of.map(({ status: { service } }) => service))
  return groups.flatMap((group) => {
    const services = group.services.filter((service) => seen.has(service))
    return services.length === 0 ? [] : [{ ...group, services }]
  })
}
