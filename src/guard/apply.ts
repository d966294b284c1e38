import type { GuardHappening } from '../model/guard-event.ts'
import type { ApplyChange } from '../model/ports/guard-api.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import type { Engine } from './engine.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'
import type { Population } from './population.ts'

export interface ApplyParts {
  readonly instances: Instances
  readonly engine: Engine
  readonly people: Population
  readonly tell: (happening: GuardHappening) => void
  readonly startAll: (list: readonly Instance[], by: string) => void
  readonly by: string
}

/** Carries out what a comparison of two configurations has found, all of it at once. */
export function applyChanges(
  changes: readonly ApplyChange[],
  next: GuardSpec,
  { instances, engine, people, tell, startAll, by }: ApplyParts,
): void {
  const wanted = new Map(next.services.map((service) => [service.name, service]))
  const added: Instance[] = []
  for (const { service, action } of changes) {
    const spec = wanted.get(service)
    if (action === 'remove' || spec === undefined) {
      for (const instance of instances.ofService(service)) people.remove(instance, by)
      continue
    }
    if (action === 'add') {
      // One of the same name may still be on its way out.
      const going = instances.ofService(service)
      if (going.length === 0) added.push(...people.add(spec))
      else revive(going, spec)
      continue
    }
    for (const instance of instances.ofService(service)) instance.nextSpec = spec
    if (action === 'restart') restart(instances.ofService(service))
    if (action === 'in-place') inPlace(instances.ofService(service), spec)
    scaleTo(service, spec)
    if (action !== 'nothing') tell({ type: 'changed', id: service })
  }
  instances.refresh()
  for (const { id } of added) tell({ type: 'added', id })
  startAll(added, by)

  function revive(going: readonly Instance[], spec: ProgramSpec): void {
    for (const instance of going) {
      instance.removing = false
      instance.nextSpec = spec
    }
    startAll(going, by)
    scaleTo(spec.name, spec)
  }

  function restart(list: readonly Instance[]): void {
    for (const instance of list) {
      const { phase, want } = instance.state
      if (phase === 'waiting') engine.rewatch(instance)
      // What failed with the old configuration is tried with the new one.
      const anew = (phase === 'fatal' || phase === 'backoff') && want.state === 'up'
      engine.dispatch(
        instance,
        anew
          ? { type: 'start', by, once: false, forgive: true }
          : { type: 'restart', by, cause: 'configuration', forgive: false },
      )
    }
  }

  function inPlace(list: readonly Instance[], spec: ProgramSpec): void {
    for (const instance of list) {
      instance.spec = spec
      instance.channel?.reconfigure(spec.log)
      engine.rewatch(instance)
    }
  }

  function scaleTo(service: string, spec: ProgramSpec): void {
    const living = instances.ofService(service).filter(({ removing }) => !removing)
    if (living.length !== spec.instances) startAll(people.scale(service, spec.instances).added, by)
  }
}
