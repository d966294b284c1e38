import { fingerprintOf } from '../config/fingerprint.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { ApplyChange } from '../model/ports/guard-api.ts'
import type { GuardSpec, ProgramSpec } from '../model/program-spec.ts'
import { wasStartedOtherwise } from './changed-at-start.ts'
import type { Engine } from './engine.ts'
import { type Instance, isOutdated } from './instance.ts'
import type { Instances } from './instances.ts'
import type { Population } from './population.ts'
import { type Rollout, type Rollouts, serves } from './rollouts.ts'

export interface ApplyParts {
  readonly instances: Instances
  readonly engine: Engine
  readonly people: Population
  readonly rollouts: Rollouts
  readonly compare: (old: GuardSpec, next: GuardSpec) => readonly ApplyChange[]
  readonly tell: (happening: GuardHappening) => void
  readonly save: (instance: Instance) => void
  readonly startAll: (list: readonly Instance[], by: string) => void
  readonly by: string
}

/**
 * Services of which several instances live that have to be restarted: those that are changed, and those
 * whose rollout is under way.
 */
export function servicesToRoll(
  changes: readonly ApplyChange[],
  next: GuardSpec,
  instances: Instances,
): readonly string[] {
  const wanted = new Map(next.services.map((service) => [service.name, service]))
  return changes.flatMap(({ service, action }) => {
    const spec = wanted.get(service)
    if (spec === undefined || action === 'add' || action === 'remove') return []
    const staying = instances.ofService(service).filter(({ number }) => number <= spec.instances)
    const rolls =
      staying.some((one) => isOutdated(one) && serves(one)) ||
      (action === 'restart' && spec.type === 'service' && staying.filter(serves).length > 1)
    return rolls ? [service] : []
  })
}

/**
 * Carries out what a comparison of two configurations has found: at once, but for the services of the
 * rollout, whose instances follow one after another. Without one, that which is under way goes on.
 */
export function applyChanges(
  changes: readonly ApplyChange[],
  next: GuardSpec,
  rollout: Rollout | null,
  { instances, engine, people, rollouts, compare, tell, save, startAll, by }: ApplyParts,
): void {
  const wanted = new Map(next.services.map((service) => [service.name, service]))
  const added: Instance[] = []
  if (rollout !== null) rollouts.cancel()
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
    for (const instance of instances.ofService(service)) {
      instance.nextSpec = spec
      if (rollout !== null) instance.outdated = null
    }
    if (rollout?.services.includes(service)) prepare(instances.ofService(service), spec)
    else if (action === 'restart') restart(instances.ofService(service))
    else if (action === 'in-place') inPlace(instances.ofService(service), spec)
    scaleTo(service, spec)
    if (action !== 'nothing') tell({ type: 'changed', id: service })
  }
  instances.refresh()
  for (const { id } of added) tell({ type: 'added', id })
  startAll(added, by)
  if (rollout !== null) rollouts.begin(rollout, by)

  function revive(going: readonly Instance[], spec: ProgramSpec): void {
    for (const instance of going) {
      instance.removing = false
      instance.nextSpec = spec
    }
    startAll(going, by)
    scaleTo(spec.name, spec)
  }

  /** Each by what it runs itself: of an unfinished rollout some have this configuration, some that. */
  function prepare(list: readonly Instance[], spec: ProgramSpec): void {
    for (const instance of list) {
      const of = (one: ProgramSpec): GuardSpec => ({ ...next, services: [one] })
      const isKnown = instance.guessed !== instance.spec
      const guess = wasStartedOtherwise(instance, spec) ? 'restart' : 'in-place'
      const action = isKnown ? compare(of(instance.spec), of(spec))[0]?.action : guess
      if (action === 'nothing') instance.spec = spec
      else if (action === 'in-place') inPlace([instance], spec)
      else if (serves(instance)) instance.outdated = instance.spec
      else restart([instance])
      // A later guard has to know whose turn has not come.
      save(instance)
    }
  }

  function restart(list: readonly Instance[]): void {
    for (const instance of list) {
      // What was started a moment ago has it already.
      if (instance.spec === instance.nextSpec) continue
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
      instance.startedWith = fingerprintOf(spec)
      instance.channel?.reconfigure(spec.log)
      engine.rewatch(instance)
    }
  }

  function scaleTo(service: string, spec: ProgramSpec): void {
    const living = instances.ofService(service).filter(({ removing }) => !removing)
    // Of those that were on their way out some may be gone: it is the numbers that count.
    const isAsWanted = living.every(({ number }, index) => number === index + 1)
    if (living.length === spec.instances && isAsWanted) return
    startAll(people.scale(service, spec.instances).added, by)
  }
}
