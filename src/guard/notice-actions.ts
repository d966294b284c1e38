/** The cells of the table in `transition.ts` for what a program says of itself by sd_notify(3). */
import { ignore } from './begin.ts'
import type { Effect, InstanceEvent, InstanceState, Moment, Policy, Step } from './state.ts'
import { goToStop } from './stop-actions.ts'

type Of<T extends InstanceEvent['type']> = Extract<InstanceEvent, { type: T }>

/** Whoever is told to reload has so long to say that it does; many say nothing. */
const WORD_OF_RELOAD = 1_000
/** No single word buys more than that. */
const LONGEST_EXTENSION = 24 * 3_600_000

/**
 * The start or the stop may take longer: until the time that was declared, and at least for so long
 * from now (as EXTEND_TIMEOUT_USEC= of sd_notify(3)).
 */
export function extend(
  state: InstanceState,
  event: Of<'extend'>,
  _policy: Policy,
  { now }: Moment,
): Step {
  const { deadline, incarnation, phase, pid } = state
  if (deadline === null || pid === null) return ignore(state)
  if (phase !== 'starting' && phase !== 'stopping') return ignore(state)
  const within = Math.min(event.within, LONGEST_EXTENSION)
  const extended = Math.max(deadline.declared, now + within)
  const timer = phase === 'starting' ? 'start' : 'step'
  return {
    state: { ...state, deadline: { ...deadline, extended } },
    effects: [{ type: 'timer', timer, after: extended - now, incarnation }],
  }
}

export function beginReload(
  state: InstanceState,
  event: Of<'reload'>,
  _policy: Policy,
  { now }: Moment,
): Step {
  const { incarnation } = state
  if (!event.speaks) return { state, effects: [{ type: 'reload', incarnation }] }
  return {
    state: { ...state, reload: { state: 'asked', since: now } },
    effects: [
      { type: 'timer', timer: 'reload', after: WORD_OF_RELOAD, incarnation },
      { type: 'reload', incarnation },
    ],
  }
}

export function reloading(state: InstanceState, event: Of<'reloading'>, policy: Policy): Step {
  const { reload, incarnation } = state
  // That is the one before the last: the program has not seen the last request yet.
  if (reload?.state === 'asked' && event.since < reload.since) return ignore(state)
  return {
    state: {
      ...state,
      why: 'it reads its configuration anew',
      reload: { state: 'begun', since: event.since },
    },
    effects: [{ type: 'timer', timer: 'reload', after: policy.startTimeout, incarnation }],
  }
}

export function reloaded(state: InstanceState): Step {
  if (state.reload === null || state.reload.state === 'asked') return ignore(state)
  return {
    state: { ...state, reload: null, why: 'it runs' },
    effects: [{ type: 'cancel', timers: ['reload'] }],
  }
}

/** Not begun: it says nothing of its reloads. Begun and not ended: it serves on, and that is told. */
export function reloadTimer(state: InstanceState, policy: Policy): Step {
  const { reload } = state
  if (reload === null) return ignore(state)
  if (reload.state === 'asked') return { state: { ...state, reload: null }, effects: [] }
  const why = `it has not ended its reload within ${policy.startTimeout / 1000} s`
  return { state: { ...state, why, reload: { ...reload, state: 'overdue' } }, effects: [] }
}

/** It has as long as all steps of a stop together take; then they are taken. */
export function beginEnding(
  state: InstanceState,
  _event: Of<'ending'>,
  policy: Policy,
  { now }: Moment,
): Step {
  if (state.pid === null || state.phase === 'paused') return ignore(state)
  const { incarnation } = state
  const after = policy.stop.reduce((sum, { wait }) => sum + wait, 0)
  const step = goToStop(state, 'itself', 'it says that it is ending', {
    again: false,
    failure: false,
  })
  const { stopping } = step.state
  return {
    state: {
      ...step.state,
      deadline: { declared: now + after, extended: now + after },
      stopping: stopping === null ? null : { ...stopping, announced: true },
    },
    effects: step.effects.map((effect) =>
      effect.type === 'timer' ? { type: 'timer', timer: 'step', after, incarnation } : effect,
    ),
  }
}

export function follow(state: InstanceState, event: Of<'main'>): Step {
  if (state.pid === null) return ignore(state)
  const { incarnation, phase, stopping } = state
  const effects: Effect[] = []
  // What is measured is measured of the new one.
  if (phase === 'running') effects.push({ type: 'watch', what: 'life', incarnation })
  // The present step is for the new one too.
  if (stopping !== null && stopping.step >= 0) {
    effects.push({ type: 'stop-step', step: stopping.step, incarnation })
  }
  return { state: { ...state, pid: event.pid }, effects }
}
