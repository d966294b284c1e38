import type { GraphInstance, GraphService, StartTimes } from './guard-graph.ts'
import type { DependencyCondition } from './program-spec.ts'

/** One instance on the way to "everything is ready". */
export interface CriticalStep {
  readonly id: string
  /** What it waited for last; null for the first of the chain. */
  readonly after: { readonly id: string; readonly condition: DependencyCondition } | null
  readonly asked: string
  readonly started: string
  /** When it was what the next one waited for, or for the last one ready or done. */
  readonly done: string
  /** Milliseconds from being asked until its process was started. */
  readonly waited: number
  /** Milliseconds from then until it was done. */
  readonly took: number
}

export interface CriticalPath {
  readonly began: string
  readonly ended: string
  /** Milliseconds. */
  readonly took: number
  /** From the one that waited for nobody to the one that was done last. */
  readonly steps: readonly CriticalStep[]
}

type Known = GraphInstance & { readonly start: StartTimes }

/**
 * The chain that decided when everything was ready in the last start: the instance that was done last,
 * before it the one whose state it waited for last, and so on to one that waited for nobody. What was
 * ready before an instance was asked to start decided nothing. Null where nothing has become ready.
 */
export function criticalPath(services: readonly GraphService[]): CriticalPath | null {
  const byName = new Map(services.map((service) => [service.name, service]))
  const owners = new Map<GraphInstance, GraphService>(
    services.flatMap((service) => service.instances.map((one) => [one, service] as const)),
  )
  let last: { readonly one: Known; readonly at: string } | null = null
  for (const [one, service] of owners) {
    const at = isKnown(one) ? doneAt(one.start, service.type) : null
    if (at === null || !isKnown(one)) continue
    if (last === null || at > last.at) last = { one, at }
  }
  if (last === null) return null
  const steps: CriticalStep[] = []
  const seen = new Set<GraphInstance>()
  for (let { one, at }: { one: Known; at: string } = last; ; ) {
    seen.add(one)
    const { asked, started } = one.start
    const begin = started ?? at
    const before = lastOf(one, begin, owners.get(one), byName)
    steps.unshift({
      id: one.id,
      after: before === null ? null : { id: before.one.id, condition: before.condition },
      asked,
      started: begin,
      done: at,
      waited: between(asked, begin),
      took: between(begin, at),
    })
    // Times of one clock that was set back could lead around in a circle.
    if (before === null || seen.has(before.one)) break
    one = before.one
    at = before.at
  }
  const began = (steps[0] as CriticalStep).asked
  return { began, ended: last.at, took: between(began, last.at), steps }
}

/** Of all that an instance waited for, what came about last; null where all of it was so when it was asked. */
function lastOf(
  { start }: Known,
  begin: string,
  service: GraphService | undefined,
  byName: ReadonlyMap<string, GraphService>,
): { readonly one: Known; readonly at: string; readonly condition: DependencyCondition } | null {
  let found: ReturnType<typeof lastOf> = null
  for (const [name, condition] of Object.entries(service?.dependsOn ?? {})) {
    for (const one of byName.get(name)?.instances ?? []) {
      if (!isKnown(one)) continue
      const at = metAt(one.start, condition)
      if (at === null || at < start.asked || at > begin) continue
      if (found === null || at > found.at) found = { one, at, condition }
    }
  }
  return found
}

function isKnown(one: GraphInstance): one is Known {
  return one.start !== null
}

function doneAt({ ready, ended }: StartTimes, type: GraphService['type']): string | null {
  return type === 'job' ? ended : ready
}

function metAt(times: StartTimes, condition: DependencyCondition): string | null {
  switch (condition) {
    case 'started':
      return times.started
    case 'ready':
      return times.ready
    case 'healthy':
      return times.healthy
    case 'completed':
    case 'succeeded':
      return times.ended
  }
}

function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from))
}
