import type { ProgramSpec } from '../model/program-spec.ts'
import { dependentsByService } from './dependencies.ts'
import type { Instance } from './instance.ts'
import type { InstanceState } from './state.ts'

/** All instances of a guard, by what they are asked for. */
export interface Instances {
  all(): readonly Instance[]
  /** By `api` or `api@2`; `api@1` is the only one too. */
  byId(id: string): Instance | undefined
  ofService(service: string): readonly Instance[]
  statesOf(service: string): readonly InstanceState[]
  dependentsOf(service: string): readonly Instance[]
  services(): readonly string[]
  add(instance: Instance): void
  remove(instance: Instance): void
  /** Dependencies have changed. */
  refresh(): void
}

export function instancesOf(): Instances {
  const byService = new Map<string, Instance[]>()
  let dependents: ReadonlyMap<string, readonly string[]> | null = null

  const ofService = (service: string): readonly Instance[] => byService.get(service) ?? []
  const specs = (): ProgramSpec[] =>
    [...byService.values()].flatMap(([first]) => (first === undefined ? [] : [first.nextSpec]))

  return {
    all: () => [...byService.values()].flat(),
    byId(id) {
      const [service = '', number = '1'] = id.split('@')
      return ofService(service).find((one) => String(one.number) === number)
    },
    ofService,
    statesOf: (service) =>
      ofService(service)
        .filter(({ removing }) => !removing)
        .map(({ state }) => state),
    dependentsOf(service) {
      dependents ??= dependentsByService(specs())
      return (dependents.get(service) ?? []).flatMap(ofService)
    },
    services: () => [...byService.keys()],
    add(instance) {
      const list = byService.get(instance.service)
      if (list === undefined) byService.set(instance.service, [instance])
      else list.push(instance)
      list?.sort((a, b) => a.number - b.number)
      dependents = null
    },
    remove(instance) {
      const rest = ofService(instance.service).filter((one) => one !== instance)
      if (rest.length === 0) byService.delete(instance.service)
      else byService.set(instance.service, rest)
      dependents = null
    },
    refresh() {
      dependents = null
    },
  }
}
