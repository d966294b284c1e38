import type { GuardAccess } from '../model/access.ts'
import type { GuardSpec } from '../model/program-spec.ts'

const known = new WeakMap<GuardSpec, GuardAccess>()

/** What rules about callers have to do with a configuration; the same object for the same one. */
export function accessOf(spec: GuardSpec): GuardAccess {
  const found = known.get(spec)
  if (found !== undefined) return found
  const groups = new Map<string, string[]>()
  for (const { name, services } of spec.groups) {
    for (const service of services) groups.set(service, [...(groups.get(service) ?? []), name])
  }
  const access: GuardAccess = {
    rules: spec.access ?? [],
    services: spec.services.map(({ name, labels }) => ({
      name,
      labels,
      groups: groups.get(name) ?? [],
    })),
  }
  known.set(spec, access)
  return access
}
