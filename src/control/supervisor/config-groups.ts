import { isDeepStrictEqual } from 'node:util'
import type { ApplyChange } from '../../model/ports/guard-api.ts'
import type { GuardSpec, ProgramSpec } from '../../model/program-spec.ts'

/** Groups as supervisor has them: a service that is in no group is one of its own. */
export function groupsOf({ services, groups }: GuardSpec): ReadonlyMap<string, ProgramSpec[]> {
  const groupOf = groupFinder(groups)
  const found = new Map<string, ProgramSpec[]>()
  for (const service of services) {
    const group = groupOf(service.name) ?? service.name
    found.set(group, [...(found.get(group) ?? []), service])
  }
  return found
}

export function groupFinder(
  groups: readonly { readonly name: string; readonly services: readonly string[] }[],
): (service: string) => string | null {
  const known = new Map(groups.flatMap(({ name, services }) => services.map((of) => [of, name])))
  return (service) => known.get(service) ?? null
}

export interface GroupChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** Which groups are new in what is offered, which are gone from it, and in which something differs. */
export function groupChanges(
  current: GuardSpec,
  offered: GuardSpec,
  changes: readonly ApplyChange[],
): GroupChanges {
  const [old, fresh] = [groupsOf(current), groupsOf(offered)]
  const touched = new Set(changes.flatMap((c) => (c.action === 'nothing' ? [] : [c.service])))
  const names = (of: readonly ProgramSpec[] = []): string[] => of.map(({ name }) => name)
  const settings = ({ groups }: GuardSpec, group: string) => {
    const found = groups.find(({ name }) => name === group)
    return found && [found.strategy, found.limit, found.services]
  }
  return {
    added: [...fresh.keys()].filter((group) => !old.has(group)),
    changed: [...fresh.keys()].filter(
      (group) =>
        old.has(group) &&
        ([...names(old.get(group)), ...names(fresh.get(group))].some((name) => touched.has(name)) ||
          !isDeepStrictEqual(settings(current, group), settings(offered, group))),
    ),
    removed: [...old.keys()].filter((group) => !fresh.has(group)),
  }
}
