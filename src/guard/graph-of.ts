import type { GraphService, GuardGraph } from '../model/guard-graph.ts'
import type { GuardFacts } from '../model/guard-status.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { Instance } from './instance.ts'
import type { Tallies } from './tallies.ts'

/** Who of those instances needs whom, and how each is; what they need that is not among them is left out. */
export function graphOf(
  instances: readonly Instance[],
  spec: GuardSpec,
  { startOf }: Pick<Tallies, 'startOf'>,
  guard: GuardFacts,
): GuardGraph {
  const byService = Map.groupBy(instances, ({ service }) => service)
  const groupsOf = new Map<string, string[]>()
  for (const { name, services } of spec.groups) {
    for (const service of services) groupsOf.set(service, [...(groupsOf.get(service) ?? []), name])
  }
  const services = [...byService].map(([name, list]): GraphService => {
    const [{ nextSpec }] = list as [Instance, ...Instance[]]
    const needs = Object.entries(nextSpec.dependsOn).filter(([other]) => byService.has(other))
    return {
      name,
      type: nextSpec.type,
      dependsOn: Object.fromEntries(needs),
      groups: groupsOf.get(name) ?? [],
      count: list.length,
      instances: list.map(({ id, state: { phase, ready, health } }) => ({
        id,
        phase,
        ready,
        health,
        start: startOf(id),
      })),
    }
  })
  return { guard, services }
}
