/** The cells of the table in `transition.ts` where nothing lives. */
import { beginStart, ignore, isHeld, recordOf } from './begin.ts'
import type { Effect, InstanceEvent, InstanceState, Moment, Policy, Step } from './state.ts'

type Of<T extends InstanceEvent['type']> = Extract<InstanceEvent, { type: T }>

function wanted(state: InstanceState, event: Of<'start'>): InstanceState {
  return {
    ...state,
    want: { state: event.once ? 'once' : 'up', by: event.by },
    ...(event.forgive ? { failures: [], restarts: 0 } : {}),
  }
}

export function startNow(state: InstanceState, event: Of<'start'>): Step {
  if (isHeld(state, event)) return ignore(state)
  return leftovers(wanted(state, event)) ?? beginStart(wanted(state, event))
}

const cancelBackoff: readonly Effect[] = [{ type: 'cancel', timers: ['backoff'] }]

export function startIfForgiven(state: InstanceState, event: Of<'start'>): Step {
  if (!event.forgive) return ignore(state)
  return leftovers(wanted(state, event)) ?? beginStart(wanted(state, event), cancelBackoff)
}

/** What an earlier stop could not end has to be gone before anything starts beside it. */
function leftovers(state: InstanceState): Step | null {
  if (state.pid === null && state.survivors.length === 0) return null
  const stopping = {
    step: -1,
    cause: 'restart',
    exit: state.pid === null ? state.lastExit : null,
    giveUp: null,
    again: true,
    failure: false,
  } as const
  return {
    state: { ...state, phase: 'stopping', why: 'what is left of its last life is ended', stopping },
    effects: [{ type: 'timer', timer: 'step', after: 0, incarnation: state.incarnation }],
  }
}

export function wantUp(state: InstanceState, event: Of<'start'>): Step {
  return { state: isHeld(state, event) ? state : wanted(state, event), effects: [] }
}

export function wantUpAgain(state: InstanceState, event: Of<'restart'>): Step {
  if (!event.forgive) return ignore(state)
  return wantUp(state, { ...event, type: 'start', once: false })
}

export function restartNow(state: InstanceState, event: Of<'restart'>): Step {
  // A group restarts those that run; what is down stays down.
  if (!event.forgive) return ignore(state)
  return startNow(state, { type: 'start', by: event.by, once: false, forgive: true })
}

export function restartIfForgiven(state: InstanceState, event: Of<'restart'>): Step {
  return startIfForgiven(state, { ...event, type: 'start', once: false })
}

export function stayDown(state: InstanceState, event: Of<'stop'>): Step {
  const want = { state: event.hold ? 'hold' : 'down', by: event.by } as const
  const at = state.phase
  if (at === 'waiting' || at === 'backoff') {
    const why = `stopped by ${event.by}`
    return {
      state: { ...state, want, phase: 'stopped', why, retryAt: null, fault: null },
      effects: cancelBackoff,
    }
  }
  // How it ended stays visible: a stop does not turn fatal into something better.
  return { state: { ...state, want }, effects: [] }
}

export function giveUpAtOnce(state: InstanceState, event: Of<'give-up'>): Step {
  if (state.phase === 'exited' || (state.phase === 'stopped' && state.want.state !== 'up')) {
    return ignore(state)
  }
  return {
    state: { ...state, phase: 'fatal', why: event.why, retryAt: null },
    effects: cancelBackoff,
  }
}

export function backoffOver(state: InstanceState, event: Of<'timer'>): Step {
  if (event.timer !== 'backoff') return ignore(state)
  return beginStart({ ...state, restarts: state.restarts + 1 })
}

/** What could not be ended ended after all. */
export function lateExit(
  state: InstanceState,
  event: Of<'exited'>,
  _policy: Policy,
  moment: Moment,
): Step {
  if (state.pid === null) return ignore(state)
  return {
    state: { ...state, pid: null, lastExit: event.exit },
    effects: [
      recordOf(state, event.exit, 'stop', moment),
      { type: 'check-tree', incarnation: event.incarnation, thorough: true },
    ],
  }
}

export function lateTree(state: InstanceState, event: Of<'tree'>): Step {
  return { state: { ...state, survivors: event.survivors }, effects: [] }
}
