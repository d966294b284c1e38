import { type HeldParameters, parameterValues } from '../../src/guard/parameter-values.ts'
import type { SetParameters } from '../../src/model/parameter.ts'
import type { AskedParameters, ToldParameters } from '../../src/model/parameter-channel.ts'
import type { KeptParameters, ParameterPlaces } from '../../src/model/ports/parameter-places.ts'

export interface MemoryParameters {
  readonly held: HeldParameters
  readonly places: ParameterPlaces
  /** What stands for an instance. */
  readonly asked: Map<string, AskedParameters>
  /** An instance says something. */
  say(id: string, told: ToldParameters): void
  /** What a later guard would find. */
  readonly kept: KeptParameters
  /** What was told of, such as what cannot be kept. */
  readonly told: string[]
}

/** Stands for the directories and the file of a guard's parameters: all of it in memory. */
export function memoryParameters(
  before: Readonly<Record<string, SetParameters>> = {},
): MemoryParameters {
  const asked = new Map<string, AskedParameters>()
  const said = new Map<string, ToldParameters>()
  const watchers = new Map<string, Set<() => void>>()
  const told: string[] = []
  let kept: KeptParameters = { number: 0, services: before }
  const places: ParameterPlaces = {
    directory: (id) => `/run/parameters/${id}`,
    offer: (id, _user, one) => void asked.set(id, one),
    told: (id) => said.get(id) ?? null,
    watch(id, changed) {
      const set = watchers.get(id) ?? new Set()
      watchers.set(id, set.add(changed))
      return () => void set.delete(changed)
    },
    remove: (id) => void asked.delete(id),
  }
  const held = parameterValues({
    places,
    store: {
      load: () => kept,
      save(next) {
        kept = next
      },
    },
    tell: (happening) => void told.push('text' in happening ? happening.text : happening.type),
  })
  return {
    held,
    places,
    asked,
    say(id, one) {
      said.set(id, one)
      for (const changed of watchers.get(id) ?? []) changed()
    },
    get kept() {
      return kept
    },
    told,
  }
}
