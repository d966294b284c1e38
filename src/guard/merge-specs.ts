import type { GroupSpec, GuardSpec, ProgramSpec } from '../model/program-spec.ts'

/**
 * What runs, with some services as they are offered: those that are offered only are added at the
 * end, those that are offered no more are left out. Whatever else is offered stays as it is.
 */
export function mergeSpecs(
  current: GuardSpec,
  offered: GuardSpec,
  taken: readonly string[],
): GuardSpec {
  const takes = new Set(taken)
  const [old, fresh] = [byName(current), byName(offered)]
  const services = [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const spec = takes.has(name) ? fresh.get(name) : old.get(name)
    return spec === undefined ? [] : [spec]
  })
  const there = new Set(services.map(({ name }) => name))
  const isOf = (group: GroupSpec, name: string, from: GuardSpec): boolean =>
    from.groups.some((one) => one.name === group.name && one.services.includes(name))
  const groups = [
    ...new Map([...current.groups, ...offered.groups].map((g) => [g.name, g])).values(),
  ]
  return {
    ...current,
    services,
    groups: groups.flatMap((group) => {
      const listed = [...group.services, ...(groupOf(current, group.name)?.services ?? [])]
      const members = [...new Set(listed)].filter(
        (name) => there.has(name) && isOf(group, name, takes.has(name) ? offered : current),
      )
      return members.length === 0 ? [] : [{ ...group, services: members }]
    }),
  }
}

function byName({ services }: GuardSpec): ReadonlyMap<string, ProgramSpec> {
  return new Map(services.map((service) => [service.name, service]))
}

function groupOf({ groups }: GuardSpec, name: string): GroupSpec | undefined {
  return groups.find((group) => group.name === name)
}
