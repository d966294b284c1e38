/** The cells of the table in `transition.ts` where a process lives, or was just asked for. */
import type { Exit } from '../model/exit.ts'
import type { ExitCause } from '../model/guard-status.ts'
import { endOf, ignore, isHeld, recordOf } from './begin.ts'
import { reloadTimer } from './notice-actions.ts'
import type { Effect, InstanceEvent, InstanceState, Moment, Policy, Step } from './state.ts'
import { finish, goToStop } from './stop-actions.ts'

type Of<T extends InstanceEvent['type']> = Extract<InstanceEvent, { type: T }>

/** Errors of a spawn that go by: the machine is short of something at the moment. */
const PASSING = new Set([
  ...['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE', 'ETXTBSY', 'EINTR'],
  // Of its sockets: somebody else's last life still has the port, or the network is not up yet.
  ...['EADDRINUSE', 'EADDRNOTAVAIL'],
  // ERROR_INTERNAL_ERROR (<winerror.h>): the process was lost before its first instruction, and nothing is
  // said of the program. Seen in Wine.
  'WIN32_1359',
])

export function spawned(
  state: InstanceState,
  event: Of<'spawned'>,
  policy: Policy,
  { now }: Moment,
): Step {
  const { incarnation, pid } = event
  const alive: InstanceState = { ...state, pid, startedAt: now, why: 'it is not ready yet' }
  if (policy.ready === null) return becomeReady(alive, policy, now)
  const until = now + policy.startTimeout
  return {
    state: { ...alive, deadline: { declared: until, extended: until } },
    effects: [
      { type: 'timer', timer: 'start', after: policy.startTimeout, incarnation },
      { type: 'watch', what: 'readiness', incarnation },
    ],
  }
}

function becomeReady(state: InstanceState, policy: Policy, now: number): Step {
  const { incarnation, fault } = state
  const age = now - (state.startedAt ?? now)
  const effects: Effect[] = []
  if (policy.ready !== null) effects.push({ type: 'cancel', timers: ['start'] })
  effects.push({ type: 'watch', what: 'life', incarnation })
  const after = Math.max(0, policy.startSeconds - age)
  effects.push({ type: 'timer', timer: 'settle', after, incarnation })
  if (fault !== null) {
    effects.push({
      type: 'recovered',
      cause: fault.cause,
      detection: fault.detected - fault.at,
      recovery: now - fault.at,
    })
  }
  return {
    state: { ...state, phase: 'running', ready: true, fault: null, deadline: null, why: 'it runs' },
    effects,
  }
}

export function spawnFailed(
  state: InstanceState,
  event: Of<'spawn-failed'>,
  policy: Policy,
  moment: Moment,
): Step {
  const exit = { kind: 'spawn-error', errno: event.errno } as const
  const passing = PASSING.has(event.errno)
  const stopping = {
    step: -1,
    cause: 'itself',
    exit,
    giveUp: passing ? null : event.why,
    again: false,
    failure: true,
  } as const
  const ended: InstanceState = { ...state, lastExit: exit, stopping, why: event.why }
  return finish(ended, policy, moment, [recordOf(state, exit, 'itself', moment)])
}

export function readiness(
  state: InstanceState,
  event: Of<'ready'>,
  policy: Policy,
  { now }: Moment,
): Step {
  if (event.ready && state.phase === 'starting' && state.pid !== null) {
    return becomeReady(state, policy, now)
  }
  if (state.phase !== 'running' || state.ready === event.ready) return ignore(state)
  const why = event.ready ? 'it runs' : 'it says that it is not ready'
  return { state: { ...state, ready: event.ready, why }, effects: [] }
}

export function healthReport(
  state: InstanceState,
  event: Of<'health'>,
  policy: Policy,
  moment: Moment,
): Step {
  if (event.healthy) return { state: { ...state, health: 'healthy' }, effects: [] }
  return beginRecovery(
    { ...state, health: 'unhealthy' },
    { ...event, type: 'fault', cause: 'health' },
    policy,
    moment,
  )
}

export function beginRecovery(
  state: InstanceState,
  event: Of<'fault'>,
  _policy: Policy,
  { now }: Moment,
): Step {
  const fault = { cause: event.cause, at: event.since, detected: now }
  return goToStop({ ...state, fault }, event.cause, event.why, { again: false, failure: true })
}

export function beginStop(state: InstanceState, event: Of<'stop'>): Step {
  const want = { state: event.hold ? 'hold' : 'down', by: event.by } as const
  if (event.later) return { state: { ...state, want }, effects: [] }
  const why = `stopped by ${event.by}`
  return goToStop({ ...state, want, fault: null }, event.cause, why, {
    again: false,
    failure: false,
  })
}

export function beginRestart(state: InstanceState, event: Of<'restart'>): Step {
  if (isHeld(state, event)) return ignore(state)
  const want = event.forgive ? ({ state: 'up', by: event.by } as const) : state.want
  const forgiven = event.forgive ? { failures: [], restarts: 0 } : {}
  const again = { again: true, failure: false }
  return goToStop({ ...state, want, ...forgiven }, event.cause, `restarted by ${event.by}`, again)
}

export function giveUpAndStop(state: InstanceState, event: Of<'give-up'>): Step {
  const step = goToStop(state, 'group', event.why, { again: false, failure: false })
  const { stopping } = step.state
  return stopping === null
    ? step
    : { ...step, state: { ...step.state, stopping: { ...stopping, giveUp: event.why } } }
}

/** The leader is gone; whether it left somebody behind is asked before anything else is decided. */
export function endedByItself(
  state: InstanceState,
  event: Of<'exited'>,
  _policy: Policy,
  moment: Moment,
): Step {
  const { exit, incarnation } = event
  const cause = causeOf(exit)
  const stopping = { step: -1, cause, exit, giveUp: null, again: false, failure: false } as const
  const fault = state.fault ?? { cause, at: moment.now, detected: moment.now }
  return {
    state: {
      ...state,
      phase: 'stopping',
      why: endOf(exit),
      ready: false,
      pid: null,
      lastExit: exit,
      stopping,
      deadline: null,
      fault,
    },
    effects: [
      recordOf(state, exit, cause, moment),
      { type: 'watch', what: 'nothing', incarnation },
      { type: 'cancel', timers: ['start', 'settle', 'reload'] },
      { type: 'check-tree', incarnation, thorough: false },
    ],
  }
}

function causeOf(exit: Exit): ExitCause {
  if (exit.kind === 'unknown') return 'lost'
  return 'outOfMemory' in exit && exit.outOfMemory === 'limit' ? 'memory' : 'itself'
}

export function lifeTimer(
  state: InstanceState,
  event: Of<'timer'>,
  policy: Policy,
  moment: Moment,
): Step {
  if (event.timer === 'settle' && state.phase !== 'starting') {
    return { state: { ...state, settled: true }, effects: [] }
  }
  if (event.timer === 'reload') return reloadTimer(state, policy)
  if (event.timer === 'start' && state.phase === 'starting') {
    const asked = state.deadline !== null && state.deadline.extended > state.deadline.declared
    const why = `it was not ready within ${policy.startTimeout / 1000} s${asked ? ', nor in the time it asked for' : ''}`
    const { incarnation } = event
    const since = state.startedAt ?? moment.now
    return beginRecovery(
      state,
      { type: 'fault', incarnation, cause: 'start-timeout', why, since },
      policy,
      moment,
    )
  }
  return ignore(state)
}

export function pause(state: InstanceState, event: Of<'pause'>): Step {
  const { incarnation } = state
  return {
    state: { ...state, phase: 'paused', why: `paused by ${event.by}` },
    effects: [
      { type: 'watch', what: 'nothing', incarnation },
      { type: 'freeze', incarnation },
    ],
  }
}

export function resume(state: InstanceState): Step {
  const { incarnation } = state
  return {
    state: { ...state, phase: 'running', why: 'it runs' },
    effects: [
      { type: 'thaw', incarnation },
      { type: 'watch', what: 'life', incarnation },
    ],
  }
}

/** A new guard takes on what an earlier one started. */
export function adopt(
  state: InstanceState,
  event: Of<'adopted'>,
  policy: Policy,
  { now }: Moment,
): Step {
  const alive: InstanceState = {
    ...state,
    phase: 'starting',
    incarnation: event.incarnation,
    pid: event.pid,
    startedAt: state.startedAt ?? now,
    fault: null,
  }
  const step = event.ready
    ? becomeReady(alive, policy, now)
    : spawned(alive, { type: 'spawned', incarnation: event.incarnation, pid: event.pid }, policy, {
        now,
        random: () => 0,
      })
  return {
    ...step,
    state: {
      ...step.state,
      startedAt: alive.startedAt,
      why: 'it runs; an earlier guard started it',
    },
  }
}

export function lose(
  state: InstanceState,
  event: Of<'lost'>,
  policy: Policy,
  moment: Moment,
): Step {
  const exit = { kind: 'unknown' } as const
  return endedByItself(
    { ...state, phase: 'running', incarnation: event.incarnation },
    { type: 'exited', incarnation: event.incarnation, exit },
    policy,
    moment,
  )
}
