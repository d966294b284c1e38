/** What several cells of the table have in common. */
import { describeEnd, type Exit } from '../model/exit.ts'
import type { ExitCause } from '../model/guard-status.ts'
import type { Effect, InstanceState, Moment, Step } from './state.ts'

export function ignore(state: InstanceState): Step {
  return { state, effects: [] }
}

/** Goes to `waiting` and asks; the answer comes at once. */
export function beginStart(state: InstanceState, effects: readonly Effect[] = []): Step {
  return {
    state: {
      ...state,
      phase: 'waiting',
      why: 'it is about to start',
      ready: false,
      health: 'unknown',
      settled: false,
      inVain: false,
      stopping: null,
      retryAt: null,
    },
    effects: [...effects, { type: 'ask-dependencies' }],
  }
}

/** How it ended, for people. */
export function endOf(exit: Exit): string {
  return `it ${describeEnd(exit)}`
}

/** The record of an end in the history. */
export function recordOf(
  state: InstanceState,
  exit: Exit,
  cause: ExitCause,
  { now }: Moment,
): Effect {
  const lived = state.startedAt === null ? 0 : now - state.startedAt
  const { incarnation, pid } = state
  return { type: 'record-exit', incarnation, exit, cause, lived, pid }
}

/** Rule 3: only an operator, whose requests forgive, undoes a hold. */
export function isHeld(state: InstanceState, event: { readonly forgive: boolean }): boolean {
  return state.want.state === 'hold' && !event.forgive
}
