import { type Draft, type DraftService, lose } from '../draft.ts'
import type { Assignment } from './unit-file.ts'

export interface UnitOf {
  readonly unit: string
  readonly settings: readonly Assignment[]
  readonly service: DraftService
}

const STRONG = ['Requires', 'Requisite', 'BindsTo']
const ALL = [...STRONG, 'Wants', 'PartOf', 'After', 'Before', 'Upholds']

/** Units that are imported together wait for each other; others are left to who starts the guard. */
export function setDependencies(units: readonly UnitOf[], draft: Draft): void {
  const byUnit = new Map(units.map((one) => [one.unit, one]))
  const edges = new Map<string, { place: Assignment; strong: boolean }>()
  const key = (from: UnitOf, to: UnitOf): string => `${from.unit}\0${to.unit}`
  for (const one of units) {
    const outside = new Set<string>()
    for (const place of one.settings.filter(
      ({ section, name }) => section === 'Unit' && ALL.includes(name),
    )) {
      for (const word of place.value.split(/\s+/)) {
        const other = byUnit.get(word)
        if (other === undefined) {
          if (STRONG.includes(place.name) || place.name === 'PartOf')
            one.service.lose(
              place.name,
              place,
              `${word} is not among what is imported`,
              'start the guard after it: stead install, or a unit of your own',
            )
          else outside.add(word)
          continue
        }
        if (place.name === 'Before') edges.set(key(other, one), { place, strong: false })
        else if (place.name === 'After' || STRONG.includes(place.name)) {
          const at = key(one, other)
          const strong = STRONG.includes(place.name)
          edges.set(at, { place, strong: strong || edges.get(at)?.strong === true })
        }
        if (place.name === 'BindsTo' || place.name === 'PartOf')
          one.service.lose(
            place.name,
            place,
            `it is not stopped or restarted with ${word}`,
            'a group with strategy: rest_for_one',
          )
      }
    }
    if (outside.size > 0)
      one.service.note(
        `systemd ordered it beside ${[...outside].join(', ')}; that is up to who starts the guard.`,
      )
  }
  for (const [at, { place, strong }] of edges) {
    const [from = '', to = ''] = at.split('\0')
    const one = byUnit.get(from)
    const other = byUnit.get(to)
    if (one === undefined || other === undefined || one === other) continue
    const dependsOn = (one.service.settings.dependsOn ?? {}) as Record<string, string>
    dependsOn[other.service.name] = 'ready'
    one.service.set('dependsOn', dependsOn, { place, setting: place.name })
    if (!strong)
      one.service.note(
        `It waits for ${other.service.name}; in systemd it also started where that had failed.`,
      )
  }
  if (units.length === 0)
    lose(draft, {
      service: null,
      setting: '',
      file: '.',
      line: 1,
      why: 'there is no .service in it',
      instead: null,
    })
}
