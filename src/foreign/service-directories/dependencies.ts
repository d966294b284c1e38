import { join } from 'node:path'
import type { Draft } from '../draft.ts'
import type { Source } from '../source.ts'

/** Names in a directory of files, or in the older form: a file of names. */
export function namesIn(path: string, what: string, { files }: Source): readonly string[] {
  const inside = files.names(join(path, `${what}.d`))
  if (inside !== null) return inside.filter((name) => !name.startsWith('.'))
  const text = files.readText(join(path, what)) ?? ''
  return text
    .split('\n')
    .flatMap((row) => row.replace(/#.*/, '').split(/\s+/))
    .filter((name) => name !== '')
    .slice(0, 1_000)
}

/**
 * A bundle in a bundle is what it holds, and so is a bundle that is waited for; a circle of them ends
 * where it began. A service is in one group only: the first that names it.
 */
export function flattenBundles(draft: Draft): void {
  const bundles = new Map(draft.groups.map(({ name, services }) => [name, services]))
  const taken = new Set<string>()
  const whole = draft.groups.map(({ name, place }) => {
    const services = [...membersOf(name, bundles, new Set())]
    return { name, place, services }
  })
  draft.groups.splice(0, draft.groups.length)
  for (const { name, place, services } of whole) {
    const free = services.filter((one) => !taken.has(one))
    for (const one of free) taken.add(one)
    if (free.length < services.length) {
      const why = `${services.filter((one) => !free.includes(one)).join(', ')}: a service is in one group only`
      draft.losses.push({
        ...place,
        service: null,
        setting: `bundle ${name}`,
        why,
        instead: 'labels',
      })
    }
    if (free.length > 0) draft.groups.push({ name, place, services: free })
  }
  for (const { settings } of draft.services) {
    const { dependsOn } = settings
    if (typeof dependsOn !== 'object' || dependsOn === null) continue
    const all = Object.entries(dependsOn).flatMap(([name, how]) =>
      [...membersOf(name, bundles, new Set())].map((one) => [one, how] as const),
    )
    settings.dependsOn = Object.fromEntries(all)
  }
}

function membersOf(
  name: string,
  bundles: ReadonlyMap<string, readonly string[]>,
  seen: Set<string>,
): Set<string> {
  if (seen.has(name)) return new Set()
  seen.add(name)
  const inside = bundles.get(name)
  if (inside === undefined) return new Set([name])
  return new Set(inside.flatMap((one) => [...membersOf(one, bundles, seen)]))
}
