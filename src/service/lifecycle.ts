/**
 * The life of a service as its own process sees it.
 *
 * | state     | what it means                                        | how it is left                           |
 * |-----------|------------------------------------------------------|------------------------------------------|
 * | stopped   | nothing of the user's code runs                      | start                                    |
 * | starting  | the user's `start` runs                              | it is done, it failed, or stop           |
 * | running   | `start` has resolved: the service is ready           | pause, reload, stop, or it failed        |
 * | pausing   | `pause` runs                                         | done, refused (back to running), stop    |
 * | paused    | ready to go on, serves nothing                       | resume, stop, or it failed               |
 * | resuming  | `resume` runs                                        | done, refused (back to paused), stop     |
 * | reloading | `reload` runs; the service goes on serving           | done or refused (both to running), stop  |
 * | stopping  | `stop` and the onStop functions run                  | stopped                                  |
 *
 * Who wins: a stop wins over everything else and is never refused; a failure wins over a stop only in
 * the exit code. All other requests are refused while one is under way: nothing is queued, because
 * what was legal when it was asked for may be wrong when its turn comes.
 */
import { SteadError } from '../errors.ts'
import type { LifecycleState } from '../model/lifecycle-state.ts'

/** What can be asked for. */
export type Action = 'start' | 'pause' | 'resume' | 'reload' | 'stop'

/** How what is under way ended. */
export type Outcome = 'done' | 'refused'

const ACTIONS: Readonly<Record<LifecycleState, Partial<Record<Action, LifecycleState>>>> = {
  stopped: { start: 'starting' },
  starting: { stop: 'stopping' },
  running: { pause: 'pausing', reload: 'reloading', stop: 'stopping' },
  pausing: { stop: 'stopping' },
  paused: { resume: 'resuming', stop: 'stopping' },
  resuming: { stop: 'stopping' },
  reloading: { stop: 'stopping' },
  stopping: {},
}

const OUTCOMES: Readonly<Record<LifecycleState, Readonly<Record<Outcome, LifecycleState>> | null>> =
  {
    stopped: null,
    starting: { done: 'running', refused: 'stopping' },
    running: null,
    pausing: { done: 'paused', refused: 'running' },
    paused: null,
    resuming: { done: 'running', refused: 'paused' },
    reloading: { done: 'running', refused: 'running' },
    stopping: { done: 'stopped', refused: 'stopped' },
  }

/** What may be asked for in a state, in a fixed order. */
export function legalActions(state: LifecycleState): readonly Action[] {
  return Object.keys(ACTIONS[state]) as Action[]
}

/** The state that an action leads to. @throws TRANSITION_ILLEGAL, naming the legal ones */
export function stateAfter(state: LifecycleState, action: Action): LifecycleState {
  const next = ACTIONS[state][action]
  if (next === undefined) {
    throw new SteadError('TRANSITION_ILLEGAL', { from: state, action, legal: legalActions(state) })
  }
  return next
}

/** The state that a passing state ends in; null for a state that does not pass by itself. */
export function settled(state: LifecycleState, outcome: Outcome): LifecycleState | null {
  return OUTCOMES[state]?.[outcome] ?? null
}
