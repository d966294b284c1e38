import { isSteadError, SteadError } from '../errors.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Caller, GuardVerb, VerbOptions, VerbResult } from '../model/ports/guard-api.ts'
import type { Timers } from '../model/ports/timers.ts'
import { requirementsOf } from './dependencies.ts'
import { type Instance, isLive, statusOf } from './instance.ts'
import type { Instances } from './instances.ts'
import { outcomeOf, PROOF_OF_LIFE } from './outcome.ts'
import type { InstanceEvent } from './state.ts'
import { stopInOrder } from './stop-order.ts'

export interface VerbParts {
  readonly instances: Instances
  readonly clock: Clock
  readonly timers: Timers
  readonly dispatch: (instance: Instance, event: InstanceEvent) => void
  readonly reload: (instance: Instance, by: string) => void
  /** @throws GUARD_ENDING when nothing is to be started any more */
  readonly refuseWhenEnding: () => void
  /** Calls back after each change of the instance until the function returned is called. */
  readonly onChange: (instance: Instance, look: () => void) => () => void
}

export interface Verbs {
  act(
    verb: GuardVerb,
    selected: readonly Instance[],
    caller: Caller,
    options: VerbOptions,
  ): Promise<readonly VerbResult[]>
  /** One turn of a rolling restart: tells an instance this, or nothing, and waits until it is up. */
  renew(instance: Instance, event: InstanceEvent | null): Promise<VerbResult>
  resultOf(instance: Instance, error: unknown): VerbResult
}

/** Longest that a verb waits beyond what the spec of the instance allows for. */
const MARGIN = 10_000

export function callerName({ uid, sid, user, identity }: Caller): string {
  if (identity !== undefined) return `operator ${identity}`
  if (sid !== undefined) return `operator ${user ?? sid}`
  return uid === null ? 'operator' : `operator uid ${uid}`
}

/** What operators ask for, and how it came out. Verbs never wait for one another. */
export function verbs(parts: VerbParts): Verbs {
  const { instances, clock, timers, dispatch } = parts

  function resultOf(instance: Instance, error: unknown): VerbResult {
    const status = statusOf(instance, clock.monotonic(), clock.wall())
    const { id } = instance
    if (error === null) return { id, done: true, status, error: null }
    if (!isSteadError(error)) throw error
    const { code, message, hint } = error
    return { id, done: false, status, error: { code, message, hint } }
  }

  function begin(verb: GuardVerb, instance: Instance, by: string): void {
    if (instance.removing) {
      throw new SteadError('NOT_INSTALLED', { name: instance.id, manager: 'this guard' })
    }
    // Asked each time: a rolling restart may be under way when the guard begins to end.
    if (verb !== 'stop' && verb !== 'hold') parts.refuseWhenEnding()
    const event = eventOf(verb, by)
    const { phase } = instance.state
    if (verb === 'reload') {
      if (phase !== 'running') {
        throw new SteadError('NOT_RUNNING', { name: instance.id, action: 'reload' })
      }
      parts.reload(instance, by)
    }
    if ((verb === 'pause' || verb === 'resume') && phase !== 'running' && phase !== 'paused') {
      throw illegal(verb, phase, instance)
    }
    if (event !== null) dispatch(instance, event)
  }

  /** Resolves when the verb has come about; with an error as a value otherwise. */
  function outcome(verb: GuardVerb, instance: Instance, since: number): Promise<unknown> {
    return new Promise((resolve) => {
      const cancels: (() => void)[] = []
      const end = (result: unknown): void => {
        for (const cancel of cancels) cancel()
        resolve(result === 'done' ? null : result)
      }
      const look = (): void => {
        const result = outcomeOf(verb, instance, since, clock.monotonic())
        if (result !== null) end(result)
      }
      let tooLate = (): void => {}
      const lose = (after: number): void => {
        tooLate = timers.after(after, () => {
          const { deadline, why, needs } = instance.state
          const looksFor = (needs?.until ?? 0) - clock.monotonic()
          const asked = deadline === null ? 0 : deadline.extended - clock.monotonic()
          // The program has asked for more time, and was given it.
          if (asked > 0) lose(asked + MARGIN)
          else if (verb !== 'stop' && verb !== 'hold' && looksFor > 0) lose(looksFor + patience)
          else end(new SteadError('VERB_TIMEOUT', { name: instance.id, verb, why }))
        })
      }
      cancels.push(() => tooLate())
      const { spec } = instance
      const patience = spec.startTimeout + spec.stop.reduce((sum, step) => sum + step.wait, 0)
      cancels.push(
        parts.onChange(instance, () => {
          look()
          if (instance.state.phase === 'running') cancels.push(timers.after(PROOF_OF_LIFE, look))
        }),
      )
      lose(patience + MARGIN)
      look()
      if (instance.state.phase === 'running') cancels.push(timers.after(PROOF_OF_LIFE, look))
    })
  }

  async function attempt(
    verb: GuardVerb,
    instance: Instance,
    wait: boolean,
    beginIt: () => void,
  ): Promise<VerbResult> {
    const since = instance.state.incarnation
    try {
      beginIt()
      // The others that are asked for together are under way before it is looked what comes of it.
      await Promise.resolve()
      return resultOf(instance, wait ? await outcome(verb, instance, since) : null)
    } catch (error) {
      return resultOf(instance, error)
    }
  }

  const one = (verb: GuardVerb, instance: Instance, by: string, wait: boolean) =>
    attempt(verb, instance, wait, () => begin(verb, instance, by))

  /** What is needed and is down comes up too; what an operator holds stays as it is. */
  function startRequirements(selected: readonly Instance[], by: string): void {
    const names = [...new Set(selected.map(({ service }) => service))]
    const needed = requirementsOf(names, (name) => instances.ofService(name)[0]?.nextSpec)
    for (const instance of needed.flatMap(instances.ofService)) {
      const { phase } = instance.state
      if (instance.removing || isLive(instance) || phase === 'exited') continue
      const why = `${names.slice(0, 3).join(', ')}, which needs it, for ${by}`
      dispatch(instance, { type: 'start', by: why, once: false, forgive: false })
    }
  }

  async function rolling(selected: readonly Instance[], by: string): Promise<VerbResult[]> {
    const results: VerbResult[] = []
    const failedServices = new Set<string>()
    for (const instance of selected) {
      if (failedServices.has(instance.service)) continue
      const result = await one('restart', instance, by, true)
      results.push(result)
      // The instances that still run with the old life are worth more than a finished roll.
      if (!result.done) failedServices.add(instance.service)
    }
    return results
  }

  return {
    resultOf,
    renew: (instance, event) =>
      attempt(event === null ? 'start' : 'restart', instance, true, () => {
        parts.refuseWhenEnding()
        if (event !== null) dispatch(instance, event)
      }),
    async act(verb, selected, caller, { wait = true, rolling: roll = false }) {
      const by = callerName(caller)
      if (verb === 'start' || verb === 'once' || verb === 'restart') startRequirements(selected, by)
      if (verb === 'restart' && roll) return rolling(selected, by)
      if ((verb === 'stop' || verb === 'hold') && selected.length > 1) {
        const lives = new Map(selected.map((one) => [one, one.state.incarnation]))
        const began = stopInOrder(selected, {
          instances,
          onChange: parts.onChange,
          plan(instance) {
            const hold = verb === 'hold'
            dispatch(instance, { type: 'stop', by, hold, cause: 'stop', later: true })
          },
          stop: (instance) => {
            // What is being removed by now is being stopped.
            if (!instance.removing) begin(verb, instance, by)
          },
          withdrawn: isWithdrawn,
        })
        if (!wait) return selected.map((instance) => resultOf(instance, null))
        return Promise.all(
          selected.map(async (instance) => {
            await began(instance)
            if (isWithdrawn(instance)) return resultOf(instance, withdrawal(verb, instance))
            return resultOf(instance, await outcome(verb, instance, lives.get(instance) ?? 0))
          }),
        )
      }
      return Promise.all(selected.map((instance) => one(verb, instance, by, wait)))
    },
  }
}

function eventOf(verb: GuardVerb, by: string): InstanceEvent | null {
  switch (verb) {
    case 'start':
    case 'once':
      return { type: 'start', by, once: verb === 'once', forgive: true }
    case 'stop':
    case 'hold':
      return { type: 'stop', by, hold: verb === 'hold', cause: 'stop' }
    case 'restart':
      return { type: 'restart', by, cause: 'restart', forgive: true }
    case 'pause':
    case 'resume':
      return { type: verb, by }
    case 'reload':
      return null
  }
}

function isWithdrawn({ state }: Instance): boolean {
  return state.want.state !== 'down' && state.want.state !== 'hold'
}

function withdrawal(verb: GuardVerb, { id, state }: Instance): SteadError {
  return new SteadError('WITHDRAWN', { name: id, verb, by: state.want.by })
}

function illegal(action: string, from: string, { state }: Instance): SteadError {
  const legal = isLiveState(state.phase) ? ['stop', 'restart'] : ['start']
  return new SteadError('TRANSITION_ILLEGAL', { from, action, legal })
}

function isLiveState(phase: string): boolean {
  return phase === 'starting' || phase === 'stopping'
}
