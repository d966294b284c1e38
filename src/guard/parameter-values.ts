import type { GuardHappening } from '../model/guard-event.ts'
import type { ParameterSpec, SetParameters } from '../model/parameter.ts'
import { effectiveParameters } from '../model/parameter-change.ts'
import { type AskedParameters, PARAMETERS_VARIABLE } from '../model/parameter-channel.ts'
import { parameterText } from '../model/parameter-value.ts'
import type { ParameterPlaces, ParameterStore } from '../model/ports/parameter-places.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { Instance } from './instance.ts'

export interface ParameterValueParts {
  readonly store: ParameterStore
  readonly places: ParameterPlaces
  readonly tell: (happening: GuardHappening) => void
}

/** What was set of the parameters of all services, and what of it their programs get. */
export interface HeldParameters {
  /** What was set of a service. */
  of(service: string): SetParameters
  /** Of all services that have something set. */
  readonly services: readonly string[]
  /** From now on, for those that are started; nothing is kept yet. */
  hold(service: string, set: SetParameters): void
  /** Over the end of the guard. @throws what the system says */
  keep(): void
  /** Has the values stand where the program looks. @throws what the system says */
  offer(instance: Instance): AskedParameters
  /** There is no such instance any more; what was set of its service stays. */
  forget(instance: Instance): void
  /** The variables that a program of it is started with. */
  environment(instance: Instance, life: number): Readonly<Record<string, string>>
}

/** A default that stead.yaml has is as good as set: the program may have another one. */
const BY_DEFAULT = { by: 'configuration', at: new Date(0).toISOString(), until: null } as const

export function parameterValues({ store, places, tell }: ParameterValueParts): HeldParameters {
  const warn = (text: string): void => tell({ type: 'guard', text, severity: 4 })
  const { number: last, services } = loaded()
  const all = new Map(Object.entries(services))
  let number = last
  const offered = new Map<string, string>()

  function loaded() {
    try {
      return store.load()
    } catch (error) {
      warn(`parameters that were set are lost: ${(error as Error).message}`)
      return { number: 0, services: {} }
    }
  }

  function asked(service: string, { parameters }: ProgramSpec): AskedParameters {
    const defaults = parameters.map((one) => [one.name, { value: one.default, ...BY_DEFAULT }])
    return { number, set: { ...Object.fromEntries(defaults), ...all.get(service) } }
  }

  const held: HeldParameters = {
    of: (service) => all.get(service) ?? {},
    get services() {
      return [...all.keys()]
    },
    hold(service, set) {
      number += 1
      if (Object.keys(set).length === 0) all.delete(service)
      else all.set(service, set)
    },
    keep() {
      store.save({ number, services: Object.fromEntries(all) })
    },
    offer({ id, service, spec }) {
      const now = asked(service, spec)
      places.offer(id, spec.user, now)
      return now
    },
    forget({ id }) {
      offered.delete(id)
      places.remove(id)
    },
    environment(instance, life) {
      const { id, service, spec } = instance
      const speaks = spec.protocol === 'native' || spec.parameters.length > 0 || all.has(service)
      // A command of a life, such as a stop step, is started with the same.
      const isNew = offered.get(id) !== `${life} ${number}`
      try {
        if (speaks && isNew) held.offer(instance)
        offered.set(id, `${life} ${number}`)
      } catch (error) {
        warn(`${id}: its parameters cannot be told to it: ${(error as Error).message}`)
      }
      return {
        ...parameterVariables(spec, held.of(service)),
        [PARAMETERS_VARIABLE]: places.directory(id),
      }
    },
  }
  return held
}

/** Values in the variables that stead.yaml names for them, as one writes them: `5s`. */
export function parameterVariables(
  { parameters }: Pick<ProgramSpec, 'parameters'>,
  set: SetParameters,
): Readonly<Record<string, string>> {
  const values = effectiveParameters(parameters, set)
  return Object.fromEntries(
    parameters.flatMap((one) =>
      one.env === null ? [] : [[one.env, textOf(one, values[one.name] ?? one.default)]],
    ),
  )
}

function textOf(spec: ParameterSpec, value: ParameterSpec['default']): string {
  return parameterText(spec, value)
}
