import { SteadError } from '../errors.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { Caller, GuardApi, Selection } from '../model/ports/guard-api.ts'
import { incarnationMark } from '../model/program-marks.ts'
import type { GuardParts } from './guard-parts.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'
import { type GuardParameters, guardParameters } from './parameters.ts'
import { callerName, type Verbs } from './verbs.ts'

export interface ParameterApiParts
  extends Pick<GuardParts, 'clock' | 'timers' | 'parameters' | 'runCommand' | 'guardId'> {
  readonly tell: (happening: GuardHappening) => void
  readonly instances: Instances
  readonly verbs: Verbs
  readonly chosen: (selection: Selection) => readonly Instance[]
  /** @throws GUARD_ENDING */
  readonly refuseWhenEnding: () => void
}

export interface ParameterApi extends GuardParameters {
  readonly api: Pick<GuardApi, 'parameters' | 'setParameters'>
}

/** Run-time parameters, as callers of a guard ask for them. */
export function parameterApi(parts: ParameterApiParts): ParameterApi {
  const { clock, timers, parameters, runCommand, guardId, tell, instances, verbs, chosen } = parts
  /** By whom a change is that is being carried out; restarts of it are theirs. */
  const itself: Caller = { uid: null, pid: null }
  const kept = guardParameters({
    clock,
    timers,
    tell,
    ...parameters,
    instancesOf: instances.ofService,
    lifeOf: ({ service, number, state }) =>
      incarnationMark(guardId, service, number, state.incarnation),
    async act(verb, instance) {
      const [result] = await verbs.act(verb, [instance], itself, {})
      return result?.error?.message ?? null
    },
    run: runCommand,
  })

  /** One service, by its name or one of its instances. @throws NOT_INSTALLED, REQUEST_INVALID */
  function serviceOf(name: string): string {
    const services = new Set(chosen({ names: [name] }).map(({ service }) => service))
    const [first] = services
    if (services.size === 1 && first !== undefined) return first
    const problem = `parameters are those of one service, and ${name} is ${services.size} of them`
    throw new SteadError('REQUEST_INVALID', { problem })
  }

  return {
    ...kept,
    api: {
      parameters: (name) => kept.facts(serviceOf(name)),
      async setParameters(name, request, caller) {
        parts.refuseWhenEnding()
        return kept.set(serviceOf(name), request, callerName(caller))
      },
    },
  }
}
