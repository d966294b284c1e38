/** The cells of the table in `transition.ts` that end an instance, and what comes after. */
import { succeeded } from '../model/exit.ts'
import type { ExitCause } from '../model/guard-status.ts'
import { beginStart, endOf, ignore, isHeld, recordOf } from './begin.ts'
import { delayOf, isFailure, judgeFailure, wantsRestart } from './restart-policy.ts'
import type { Effect, InstanceEvent, InstanceState, Moment, Policy, Step } from './state.ts'

type Of<T extends InstanceEvent['type']> = Extract<InstanceEvent, { type: T }>

/** How often it is looked whether what a leader left behind has gone; only while a stop waits for that. */
const LOOK_AGAIN = 20
/** Automatic restarts after a success that came sooner than this count like failures: they would spin. */
const SHORT_LIFE = 1_000

/** Begins with the first step, whatever the instance was doing. */
export function goToStop(
  state: InstanceState,
  cause: ExitCause,
  why: string,
  { again, failure }: { readonly again: boolean; readonly failure: boolean },
): Step {
  const { incarnation } = state
  const effects: Effect[] = [
    { type: 'watch', what: 'end', incarnation },
    { type: 'cancel', timers: ['start', 'settle', 'reload'] },
    { type: 'timer', timer: 'step', after: 0, incarnation },
  ]
  if (state.phase === 'paused') effects.splice(1, 0, { type: 'thaw', incarnation })
  const stopping = { step: -1, cause, exit: null, giveUp: null, again, failure }
  return {
    state: { ...state, phase: 'stopping', why, ready: false, stopping, deadline: null },
    effects,
  }
}

export function startAfterStop(state: InstanceState, event: Of<'start'>): Step {
  if (isHeld(state, event)) return ignore(state)
  if (state.stopping === null || (state.stopping.giveUp !== null && !event.forgive)) {
    return ignore(state)
  }
  const want = { state: event.once ? 'once' : 'up', by: event.by } as const
  const forgiven = event.forgive ? { failures: [], restarts: 0 } : {}
  // A stop that recovers from a failure starts again by itself, after its delay.
  const again = event.forgive || !state.stopping.failure
  return {
    state: { ...state, want, ...forgiven, stopping: { ...state.stopping, again, giveUp: null } },
    effects: [],
  }
}

export function restartAfterStop(state: InstanceState, event: Of<'restart'>): Step {
  if (event.forgive) return startAfterStop(state, { ...event, type: 'start', once: false })
  const { stopping, want } = state
  // A group does not bring back what is being stopped, and its restart is the one that is under way.
  if (stopping === null || want.state !== 'up' || stopping.giveUp !== null) return ignore(state)
  return { state: { ...state, stopping: { ...stopping, again: !stopping.failure } }, effects: [] }
}

export function stopForGood(state: InstanceState, event: Of<'stop'>): Step {
  const want = { state: event.hold ? 'hold' : 'down', by: event.by } as const
  const stopping = state.stopping === null ? null : { ...state.stopping, again: false }
  return { state: { ...state, want, stopping, why: `stopped by ${event.by}` }, effects: [] }
}

export function giveUpAfterStop(state: InstanceState, event: Of<'give-up'>): Step {
  if (state.stopping === null || state.want.state !== 'up') return ignore(state)
  return {
    state: { ...state, stopping: { ...state.stopping, giveUp: event.why, again: false } },
    effects: [],
  }
}

/** The stop was asked for between the request for a process and its answer. */
export function spawnedLate(
  state: InstanceState,
  event: Of<'spawned'>,
  _p: Policy,
  { now }: Moment,
): Step {
  return { state: { ...state, pid: event.pid, startedAt: now }, effects: [] }
}

export function spawnFailedLate(
  state: InstanceState,
  event: Of<'spawn-failed'>,
  policy: Policy,
  moment: Moment,
): Step {
  const exit = { kind: 'spawn-error', errno: event.errno } as const
  return finish({ ...state, lastExit: exit }, policy, moment, [
    recordOf(state, exit, state.stopping?.cause ?? 'itself', moment),
  ])
}

export function endedInStop(
  state: InstanceState,
  event: Of<'exited'>,
  _policy: Policy,
  moment: Moment,
): Step {
  if (state.stopping === null || state.pid === null) return ignore(state)
  const { exit, incarnation } = event
  return {
    state: { ...state, pid: null, lastExit: exit, stopping: { ...state.stopping, exit } },
    effects: [
      recordOf(state, exit, state.stopping.cause, moment),
      { type: 'watch', what: 'nothing', incarnation },
      { type: 'check-tree', incarnation, thorough: true },
    ],
  }
}

export function treeTold(
  state: InstanceState,
  event: Of<'tree'>,
  policy: Policy,
  moment: Moment,
): Step {
  const { stopping } = state
  if (stopping === null || state.pid !== null) return ignore(state)
  const { survivors, incarnation } = event
  if (survivors.length === 0) return finish({ ...state, survivors: [] }, policy, moment)
  const effects: Effect[] = [{ type: 'timer', timer: 'tree', after: LOOK_AGAIN, incarnation }]
  // They are new: the present step is for them too, or the first one where none was taken.
  if (state.survivors.length === 0) {
    effects.push(
      stopping.step < 0
        ? { type: 'timer', timer: 'step', after: 0, incarnation }
        : { type: 'stop-step', step: stopping.step, incarnation },
    )
  }
  const why = `it left ${survivors.length === 1 ? 'a process' : 'processes'} behind: ${survivors.slice(0, 10).join(', ')}`
  return { state: { ...state, survivors, why }, effects }
}

export function stopTimer(
  state: InstanceState,
  event: Of<'timer'>,
  policy: Policy,
  moment: Moment,
): Step {
  const { stopping, incarnation } = state
  if (stopping === null) return ignore(state)
  if (event.timer === 'tree') {
    return state.pid === null
      ? { state, effects: [{ type: 'check-tree', incarnation, thorough: true }] }
      : ignore(state)
  }
  if (event.timer !== 'step') return ignore(state)
  const next = stopping.step + 1
  const declared = policy.stop[next]
  if (declared === undefined) return unstoppable(state, policy, moment)
  const wait = declared.wait + (declared.sharesWait ? (stopping.saved ?? 0) : 0)
  const until = moment.now + wait
  return {
    state: {
      ...state,
      stopping: { ...stopping, step: next },
      deadline: { declared: until, extended: until },
    },
    effects: [
      { type: 'stop-step', step: next, incarnation },
      { type: 'timer', timer: 'step', after: wait, incarnation },
    ],
  }
}

/** Nobody has heard the present step: there is nothing to wait for, and the next one comes. */
export function stepUnheard(
  state: InstanceState,
  event: Of<'unheard'>,
  policy: Policy,
  moment: Moment,
): Step {
  const { stopping } = state
  const step = stopping === null ? undefined : policy.stop[stopping.step]
  if (stopping === null || step === undefined) return ignore(state)
  const saved = step.sharesWait ? (stopping.saved ?? 0) + step.wait : stopping.saved
  const next = { ...state, stopping: { ...stopping, ...(saved === undefined ? {} : { saved }) } }
  return stopTimer(next, { ...event, type: 'timer', timer: 'step' }, policy, moment)
}

/** All steps are taken and something lives: it is told by pid, and nothing is started beside it. */
function unstoppable(state: InstanceState, _policy: Policy, _moment: Moment): Step {
  const pids = [...new Set([...(state.pid === null ? [] : [state.pid]), ...state.survivors])]
  return {
    state: {
      ...state,
      phase: 'fatal',
      why: `it could not be ended: ${pids.slice(0, 10).join(', ')} ${pids.length === 1 ? 'lives' : 'live'} on`,
      survivors: pids,
      stopping: null,
    },
    effects: [
      { type: 'cancel', timers: ['step', 'tree'] },
      { type: 'failed', fatal: true },
    ],
  }
}

/** Nothing of the incarnation is left: what next. */
export function finish(
  state: InstanceState,
  policy: Policy,
  moment: Moment,
  before: readonly Effect[] = [],
): Step {
  const { stopping, want } = state
  const ended: InstanceState = {
    ...state,
    pid: null,
    ready: false,
    health: 'unknown',
    stopping: null,
    deadline: null,
    reload: null,
  }
  const effects: Effect[] = [
    ...before,
    { type: 'cancel', timers: ['start', 'settle', 'reload', 'step', 'tree'] },
  ]
  const to = (phase: InstanceState['phase'], why: string, more: readonly Effect[] = []): Step => ({
    state: { ...ended, phase, why, fault: phase === 'fatal' ? ended.fault : null },
    effects: [...effects, ...more],
  })
  if (stopping === null) return to('stopped', 'it was stopped')
  const exit = stopping.exit ?? state.lastExit ?? ({ kind: 'unknown' } as const)
  if (stopping.giveUp !== null)
    return to('fatal', stopping.giveUp, [{ type: 'failed', fatal: true }])
  if (want.state === 'down' || want.state === 'hold') return to('stopped', `stopped by ${want.by}`)
  if (stopping.again) return beginStart(ended, effects)
  const settled = state.settled || stopping.announced === true
  const failed = stopping.failure || isFailure(exit, settled, policy)
  const how = endOf(exit)
  if (want.state === 'once') return to('exited', `it ran once: ${how}`)
  if (exit.kind === 'unknown' && policy.type === 'job' && policy.restart.when !== 'always') {
    return to('lost', 'it ended while no guard was there, so whether it succeeded is not known')
  }
  if (!stopping.failure && !wantsRestart(exit, failed, policy.restart)) {
    const good = succeeded(exit) && policy.type === 'job'
    const why = good ? 'it has done its work' : `${how}, and its policy is to leave it so`
    return to('exited', why, failed ? [{ type: 'failed', fatal: true }] : [])
  }
  return again(ended, effects, failed, how, policy, moment)
}

function again(
  ended: InstanceState,
  effects: readonly Effect[],
  failed: boolean,
  how: string,
  policy: Policy,
  moment: Moment,
): Step {
  const { restart } = policy
  const lived = ended.startedAt === null ? 0 : moment.now - ended.startedAt
  const verdict =
    failed || lived < SHORT_LIFE
      ? judgeFailure(ended.failures, restart, moment)
      : ({
          restart: true,
          delay: delayOf(1, restart, moment.random),
          failures: ended.failures,
        } as const)
  const judged: InstanceState = { ...ended, failures: verdict.failures }
  if (!verdict.restart) {
    return {
      state: { ...judged, phase: 'fatal', why: `${verdict.why}; the last time ${how}` },
      effects: [...effects, { type: 'failed', fatal: true }],
    }
  }
  const told: readonly Effect[] = failed ? [...effects, { type: 'failed', fatal: false }] : effects
  if (verdict.delay === 0) return beginStart({ ...judged, restarts: judged.restarts + 1 }, told)
  return {
    state: {
      ...judged,
      phase: 'backoff',
      why: how,
      retryAt: moment.now + verdict.delay,
    },
    effects: [
      ...told,
      { type: 'timer', timer: 'backoff', after: verdict.delay, incarnation: judged.incarnation },
    ],
  }
}
