import type { VerbResult } from '../model/ports/guard-api.ts'
import { type Instance, isOutdated } from './instance.ts'
import type { Instances } from './instances.ts'
import type { InstanceEvent } from './state.ts'

export interface RolloutParts {
  readonly instances: Instances
  /** Tells an instance this, or nothing, and waits until it is up; see `Verbs`. */
  readonly renew: (instance: Instance, event: InstanceEvent | null) => Promise<VerbResult>
}

export interface Rollout {
  readonly services: readonly string[]
  /** Those of them that the first failure stops; the others go on with their next instance. */
  readonly stopsFor: readonly string[]
  /**
   * Called once, and never while `begin` runs: with null when all have had their turn, or with the
   * first failure that stops. Nothing is told of a rollout that is cancelled.
   */
  readonly ended: (failure: string | null) => void
}

/** Restarts instances one after another, each up before the next is touched. */
export interface Rollouts {
  /** Instead of the one that is under way. Services do not wait for one another. */
  begin(rollout: Rollout, by: string): void
  cancel(): void
}

export function rollouts({ instances, renew }: RolloutParts): Rollouts {
  let newest = 0

  async function roll(
    service: string,
    by: string,
    stops: boolean,
    isCurrent: () => boolean,
  ): Promise<string | null> {
    const restart = { type: 'restart', by, cause: 'configuration', forgive: false } as const
    // Those that are not up yet serve nobody, and what comes of them says how the others would fare.
    const turns = [...instances.ofService(service)].sort((a, b) => rank(a) - rank(b))
    for (const instance of turns) {
      if (!isCurrent()) return null
      if (!hasTurn(instance)) continue
      const { error } = await renew(instance, isOutdated(instance) ? restart : null)
      if (error !== null && stops && isAwaited(instance)) return `${instance.id}: ${error.message}`
    }
    return null
  }

  return {
    begin({ services, stopsFor, ended }, by) {
      newest += 1
      const mine = newest
      const isCurrent = (): boolean => mine === newest
      let left = services.length
      for (const service of services) {
        void roll(service, by, stopsFor.includes(service), isCurrent).then((failure) => {
          left -= 1
          if (!isCurrent() || (failure === null && left > 0)) return
          newest += 1
          ended(failure)
        })
      }
    },
    cancel() {
      newest += 1
    },
  }
}

/** What an earlier guard did not come to: there is nothing any more that could be gone back to. */
export function goOnRolling(instances: Instances, { begin }: Rollouts): void {
  const services = [
    ...new Set(instances.all().flatMap((one) => (isOutdated(one) ? [one.service] : []))),
  ]
  begin({ services, stopsFor: [], ended() {} }, 'configuration')
}

function rank({ state }: Instance): number {
  return state.phase === 'running' ? 1 : 0
}

/** What does not live starts with the new configuration whenever it does. */
function hasTurn(instance: Instance): boolean {
  const { phase } = instance.state
  if (phase === 'paused') return isOutdated(instance)
  return serves(instance) || (phase === 'stopping' && isAwaited(instance))
}

/** What an operator stops, pauses or removes meanwhile has not failed. */
function isAwaited({ state: { want, phase }, removing }: Instance): boolean {
  return !removing && phase !== 'paused' && (want.state === 'up' || want.state === 'once')
}

/** Its process lives, and is not being ended. */
export function serves({ state, removing }: Instance): boolean {
  const { phase } = state
  return !removing && (phase === 'running' || phase === 'starting' || phase === 'paused')
}
