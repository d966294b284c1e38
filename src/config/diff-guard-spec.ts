import type { ApplyChange } from '../model/ports/guard-api.ts'
import type { GuardSpec } from '../model/program-spec.ts'
export function diffGuardSpecs(old: GuardSpec, next: GuardSpec): ApplyChange[] {
  const names = new Set([...old.services, ...next.services].map((s) => s.name))
  return [...names].map((service) => {
    const a = old.services.find((s) => s.name === service)
    const b = next.services.find((s) => s.name === service)
    if (a === undefined) return { service, action: 'add', settings: [] }
    if (b === undefined) return { service, action: 'remove', settings: [] }
    if (
      a.command[0] !== b.command[0] ||
      a.type !== b.type ||
      JSON.stringify(a.ready) !== JSON.stringify(b.ready)
    )
      return { service, action: 'restart', settings: ['command'] }
    return {
      service,
      action: JSON.stringify(a) === JSON.stringify(b) ? 'nothing' : 'in-place',
      settings: [],
    }
  })
}
