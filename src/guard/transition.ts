/**
 * What an instance of a guarded program does next: a pure and complete table of phases and events.
 *
 * - `stopped` nothing lives and nothing will start it but a request.
 * - `waiting` it is wanted, and a dependency is not what it has to be, or what it needs of the world is
 *   not there yet; nothing lives.
 * - `starting` its process was asked for or lives, and is not ready.
 * - `running` its process lives and is ready (at once, where nothing says otherwise).
 * - `paused` its process lives and is stopped by SIGSTOP.
 * - `stopping` it is being ended, or what it left behind is; ended only when the tree is empty.
 * - `exited` it ended by itself and its policy is to leave it so.
 * - `backoff` it failed and is started again at a known time; nothing lives.
 * - `fatal` it failed and only an operator starts it again.
 * - `lost` it ended while no guard was there, how is not known, and running it again may do harm.
 *
 * Who wins when rules conflict, in this order:
 *
 * 1. What belongs to an earlier life (its incarnation says so) is discarded.
 * 2. A stop wins over everything that would start, from the moment it is asked; a later start during
 *    the stop is honoured once, after the tree is empty. The last request is the one that counts.
 * 3. `hold` is undone by an operator only, never by a dependent, a group or the configuration.
 * 4. A group that gives up wins over the restart policy of its members.
 * 5. An operator's start is never refused by a limit, and forgives all failures.
 * 6. A dependency that is not met delays every start, also an automatic one, and so does a need; needs
 *    are looked for once all dependencies are met.
 */

import type { ProgramPhase } from '../model/guard-status.ts'
import { ignore } from './begin.ts'
import * as life from './life-actions.ts'
import * as notice from './notice-actions.ts'
import * as start from './start-actions.ts'
import type {
  InstanceEvent,
  InstanceEventType,
  InstanceState,
  Moment,
  Policy,
  Step,
} from './state.ts'
import * as stop from './stop-actions.ts'
import * as waiting from './waiting-actions.ts'

type EventOf<T extends InstanceEventType> = Extract<InstanceEvent, { type: T }>
type Handler<T extends InstanceEventType> = (
  state: InstanceState,
  event: EventOf<T>,
  policy: Policy,
  moment: Moment,
) => Step
type Row = { readonly [T in InstanceEventType]: Handler<T> }

/** Nothing lives, and nothing is under way. */
const resting: Row = {
  start: start.startNow,
  stop: start.stayDown,
  restart: start.restartNow,
  'give-up': start.giveUpAtOnce,
  pause: ignore,
  resume: ignore,
  dependencies: ignore,
  needs: ignore,
  spawned: ignore,
  'spawn-failed': ignore,
  ready: ignore,
  health: ignore,
  fault: ignore,
  extend: ignore,
  reload: ignore,
  reloading: ignore,
  reloaded: ignore,
  ending: ignore,
  main: ignore,
  exited: start.lateExit,
  tree: start.lateTree,
  unheard: ignore,
  timer: ignore,
  adopted: life.adopt,
  lost: life.lose,
}

/** A process lives, or was just asked for. */
const living: Row = {
  start: start.wantUp,
  stop: life.beginStop,
  restart: life.beginRestart,
  'give-up': life.giveUpAndStop,
  pause: ignore,
  resume: ignore,
  dependencies: ignore,
  needs: ignore,
  spawned: ignore,
  'spawn-failed': ignore,
  ready: life.readiness,
  health: life.healthReport,
  fault: life.beginRecovery,
  extend: notice.extend,
  reload: ignore,
  reloading: ignore,
  reloaded: ignore,
  ending: notice.beginEnding,
  main: notice.follow,
  exited: life.endedByItself,
  tree: ignore,
  unheard: ignore,
  timer: life.lifeTimer,
  adopted: ignore,
  lost: ignore,
}

const TABLE: { readonly [P in ProgramPhase]: Row } = {
  stopped: resting,
  exited: resting,
  lost: resting,
  fatal: { ...resting, start: start.startIfForgiven, restart: start.restartIfForgiven },
  waiting: {
    ...resting,
    start: waiting.startWhileWaiting,
    stop: waiting.leaving(start.stayDown),
    restart: waiting.restartWhileWaiting,
    'give-up': waiting.leaving(start.giveUpAtOnce),
    dependencies: waiting.dependenciesTold,
    needs: waiting.needsTold,
    timer: waiting.waitingTimer,
    adopted: waiting.leaving(life.adopt),
    lost: waiting.leaving(life.lose),
  },
  backoff: {
    ...resting,
    start: start.startIfForgiven,
    restart: start.restartIfForgiven,
    timer: start.backoffOver,
  },
  starting: { ...living, spawned: life.spawned, 'spawn-failed': life.spawnFailed },
  running: {
    ...living,
    pause: life.pause,
    reload: notice.beginReload,
    reloading: notice.reloading,
    reloaded: notice.reloaded,
  },
  paused: { ...living, resume: life.resume, health: ignore, ready: ignore },
  stopping: {
    ...living,
    start: stop.startAfterStop,
    stop: stop.stopForGood,
    restart: stop.restartAfterStop,
    'give-up': stop.giveUpAfterStop,
    ready: ignore,
    health: ignore,
    fault: ignore,
    ending: ignore,
    spawned: stop.spawnedLate,
    'spawn-failed': stop.spawnFailedLate,
    exited: stop.endedInStop,
    tree: stop.treeTold,
    unheard: stop.stepUnheard,
    timer: stop.stopTimer,
  },
}

/** The next state, and what is to be done for it. The same arguments give the same answer. */
export function transition(
  state: InstanceState,
  event: InstanceEvent,
  policy: Policy,
  moment: Moment,
): Step {
  if (isOfAnEarlierLife(state, event)) return { state, effects: [] }
  const handler = TABLE[state.phase][event.type] as Handler<typeof event.type>
  return handler(state, event as never, policy, moment)
}

function isOfAnEarlierLife(state: InstanceState, event: InstanceEvent): boolean {
  if (event.type === 'adopted' || event.type === 'lost') return false
  if (event.type === 'needs') return event.look !== state.looks
  return 'incarnation' in event && event.incarnation !== state.incarnation
}
