import type { ProgramPhase } from '../model/guard-status.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'

export interface TrialParts {
  readonly instances: Instances
  readonly timers: Timers
  readonly onChange: (instance: Instance, look: () => void) => () => void
}

export interface Trial {
  /** Its time begins: so many milliseconds; one that is starting when they are over is waited for. */
  begin(period: number): void
  /** It has failed for a reason that cannot be seen in the services. */
  fail(reason: string): void
  /** It counts no more; nothing is told. */
  cancel(): void
}

/**
 * Watches services after their configuration has changed. `ended` is called once: with null when the
 * time is over and all that are wanted are ready, or with the reason as soon as one fails, which may be
 * before the time begins.
 *
 * @param services those that the change has touched, and that did well before it
 */
export function watchTrial(
  services: readonly string[],
  { instances, timers, onChange }: TrialParts,
  ended: (failure: string | null) => void,
): Trial {
  const watched = services.flatMap((service) => instances.ofService(service))
  const cancels: (() => void)[] = []
  let over = false
  // Not asked of the clock: a timer may ring a moment before it.
  let timeIsUp = false

  function finish(failure: string | null): void {
    if (over) return
    over = true
    for (const cancel of cancels) cancel()
    // Whoever is told may change what is being gone through at this moment.
    if (failure === null) ended(null)
    else timers.after(0, () => ended(failure))
  }

  function look(): void {
    const failed = watched.find((instance) => !instance.removing && hasTrouble(instance))
    if (failed !== undefined) finish(`${failed.id} is ${troubleOf(failed)}`)
    else if (timeIsUp && watched.every(hasArrived)) finish(null)
  }

  // What cannot be started has failed before anybody watched.
  cancels.push(timers.after(0, look))
  for (const instance of watched) cancels.push(onChange(instance, look))
  return {
    begin(period) {
      if (over) return
      cancels.push(
        timers.after(period, () => {
          timeIsUp = true
          look()
        }),
      )
    },
    fail: finish,
    cancel() {
      over = true
      for (const cancel of cancels) cancel()
    },
  }
}

/** Whether a service does what is wanted of it, as far as that can be told. */
export function doesWell(list: readonly Instance[]): boolean {
  return !list.some(hasTrouble)
}

function hasTrouble({ state: { phase, health } }: Instance): boolean {
  return isTrouble(phase) || health === 'unhealthy'
}

export function isTrouble(phase: ProgramPhase): boolean {
  return phase === 'fatal' || phase === 'lost' || phase === 'backoff'
}

function troubleOf({ state: { phase, health, why } }: Instance): string {
  return health === 'unhealthy' && phase === 'running' ? `unhealthy: ${why}` : `${phase}: ${why}`
}

function hasArrived({ state, removing, spec }: Instance): boolean {
  if (removing || state.want.state === 'down' || state.want.state === 'hold') return true
  // An operator has paused what had come up: nobody knows for how long.
  if (['stopped', 'exited', 'paused'].includes(state.phase)) return true
  // What it needs has a deadline, which is waited for.
  if (state.phase === 'waiting') return state.needs === null || state.needs.until === null
  return state.phase === 'running' && (state.ready || spec.ready === null)
}
