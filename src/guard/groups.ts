import type { GroupSpec } from '../model/program-spec.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'
import type { InstanceEvent } from './state.ts'

export interface GroupParts {
  readonly instances: Instances
  readonly groups: () => readonly GroupSpec[]
  readonly now: () => number
  readonly dispatch: (instance: Instance, event: InstanceEvent) => void
  readonly tell: (group: string, text: string) => void
}

/**
 * What the failure of one member means for the others (supervisor(3) of Erlang/OTP). Returns what is
 * to be called for every failure.
 */
export function groupRules({ instances, groups, now, dispatch, tell }: GroupParts) {
  const failuresOf = new Map<string, number[]>()

  function failed(instance: Instance, fatal: boolean): void {
    for (const group of groups()) {
      if (!group.services.includes(instance.service)) continue
      if (isOver(group)) giveUp(group, group.services, `group ${group.name} failed too often`)
      else if (fatal) loseMember(group, instance)
      else restartOthers(group, instance)
    }
  }

  function isOver({ name, limit }: GroupSpec): boolean {
    if (limit === null) return false
    const at = now()
    const counted = [...(failuresOf.get(name) ?? []).filter((t) => at - t < limit.window), at]
    failuresOf.set(name, counted.slice(-limit.count - 1))
    return counted.length > limit.count
  }

  function giveUp(group: GroupSpec, services: readonly string[], why: string): void {
    failuresOf.delete(group.name)
    tell(group.name, why)
    for (const other of services.flatMap(instances.ofService)) {
      dispatch(other, { type: 'give-up', why })
    }
  }

  function loseMember(group: GroupSpec, instance: Instance): void {
    const others = affected(group, instance)
    if (others.length === 0) return
    giveUp(group, others, `group ${group.name}: ${instance.id} is given up`)
  }

  function restartOthers(group: GroupSpec, instance: Instance): void {
    const others = affected(group, instance).flatMap(instances.ofService)
    if (others.length === 0) return
    tell(group.name, `${instance.id} failed: ${others.map(({ id }) => id).join(', ')} restart`)
    const by = `group ${group.name}`
    for (const other of others) {
      dispatch(other, { type: 'restart', by, cause: 'group', forgive: false })
    }
  }

  return { failed }
}

function affected({ strategy, services }: GroupSpec, { service }: Instance): readonly string[] {
  switch (strategy) {
    case 'one_for_one':
      return []
    case 'one_for_all':
      return services.filter((other) => other !== service)
    case 'rest_for_one':
      return services.slice(services.indexOf(service) + 1)
  }
}
