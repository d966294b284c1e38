import { nameProblem } from '../model/service-name.ts'
import type { Draft } from './draft.ts'
import { lose } from './draft.ts'

export interface Named {
  /** The names in the file to be, by the draft's; the first of a name that is there twice. */
  readonly names: ReadonlyMap<string, string>
  readonly services: readonly string[]
  readonly groups: readonly string[]
}

/** Names that stead takes, each once; who gets another one is told so. */
export function nameAll(draft: Draft): Named {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  const services = draft.services.map((service) => {
    const name = freeName(goodName(service.name), taken)
    if (names.has(service.name)) {
      service.lose(
        'name',
        service.place,
        'there are two programs of this name',
        `it is ${name} here`,
      )
    } else names.set(service.name, name)
    if (name !== service.name) service.note(`Its name was ${JSON.stringify(service.name)}.`)
    return name
  })
  const groups = draft.groups.map(({ name, place, services: members }) => {
    if (members.length === 0) return name
    const free = freeName(goodName(name), taken)
    if (free !== name) {
      const why = 'a group needs a name of its own that stead takes'
      lose(draft, { ...place, service: null, setting: 'group', why, instead: `it is ${free} here` })
    }
    return free
  })
  return { names, services, groups }
}

/** The nearest to `name` that stead takes for a service. */
export function goodName(name: string): string {
  const plain = name
    .replace(/\.(service|socket|timer|target|mount|slice|scope|path|device|swap|automount)$/i, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[^A-Za-z0-9]+|[.-]+$/g, '')
    .slice(0, 70)
    .replace(/[.-]+$/, '')
  if (plain !== '' && nameProblem(plain) === null) return plain
  const other = `service-${plain.replaceAll('.', '-')}`.replace(/-+$/, '')
  return nameProblem(other) === null ? other : 'service'
}

function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`
  taken.add(free)
  return free
}
