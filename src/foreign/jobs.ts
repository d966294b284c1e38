import type { Draft, DraftService } from './draft.ts'

/**
 * What others wait for until it has ended is a job of stead; and a dependency asks for what the other
 * one can become, with what is lost by it.
 */
export function markJobs(draft: Draft): void {
  const byName = new Map<string, DraftService>()
  for (const service of draft.services)
    if (!byName.has(service.name)) byName.set(service.name, service)
  const all = draft.services.flatMap((service) =>
    Object.entries((service.settings.dependsOn ?? {}) as Record<string, string>).map(
      ([name, how]) => ({ service, name, how, other: byName.get(name) }),
    ),
  )
  for (const { how, other } of all) {
    if (other !== undefined && /^(completed|succeeded)$/.test(how)) {
      other.settings.type = 'job'
      other.note('Others wait for its end, so it is a job.')
    }
  }
  for (const { service, name, how, other } of all) {
    const dependsOn = service.settings.dependsOn as Record<string, string>
    if (how === 'healthy' && other !== undefined && other.settings.health === undefined) {
      dependsOn[name] = other.settings.ready === undefined ? 'started' : 'ready'
      const { place } = service.origins.get('dependsOn') ?? service
      service.lose(
        `dependsOn ${name}`,
        place,
        `${name} has no health check that stead knows`,
        `${dependsOn[name]}, or a health check of your own`,
      )
    } else if (how === 'ready' && other?.settings.type === 'job') dependsOn[name] = 'succeeded'
    else if (how === 'ready' && other !== undefined && other.settings.ready === undefined)
      dependsOn[name] = 'started'
  }
}
