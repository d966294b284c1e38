/** The cells of the table in `transition.ts` where an instance waits for others, or for what it needs of the world. */
import { formatDuration } from '../model/duration.ts'
import type { UnmetNeed } from '../model/program-needs.ts'
import { ignore } from './begin.ts'
import { judgeFailure, type Verdict } from './restart-policy.ts'
import { wantUp, wantUpAgain } from './start-actions.ts'
import type {
  Effect,
  InstanceEvent,
  InstanceState,
  Moment,
  NeedsWait,
  Policy,
  Step,
} from './state.ts'

type Of<T extends InstanceEvent['type']> = Extract<InstanceEvent, { type: T }>

/** Milliseconds between the first try and the second; doubled for each further one. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 10_000
/** The share by which pauses vary either way, as restarts do by default. */
const JITTER = 0.1
/** After a deadline it is not looked again at once, whatever the policy says of the first restart. */
const LEAST_DELAY = 1_000

const NO_TIMERS: Effect = { type: 'cancel', timers: ['ask', 'needs'] }
const NO_LOOKING: readonly Effect[] = [NO_TIMERS, { type: 'leave-needs' }]

/** Whatever makes it wait no longer ends the looking. */
export function leaving<A extends readonly unknown[]>(
  handler: (state: InstanceState, ...rest: A) => Step,
): (state: InstanceState, ...rest: A) => Step {
  return (state, ...rest) => withoutLooking(state, handler(state, ...rest))
}

function withoutLooking(before: InstanceState, { state, effects }: Step): Step {
  if (before.needs === null) return { state, effects }
  return { state: { ...state, needs: null }, effects: [...NO_LOOKING, ...effects] }
}

export function dependenciesTold(
  state: InstanceState,
  event: Of<'dependencies'>,
  _policy: Policy,
  moment: Moment,
): Step {
  const { met, why, inVain, needs, anew } = event
  if (!met) return withoutLooking(state, { state: { ...state, why, inVain }, effects: [] })
  if (needs !== undefined && state.needs?.met !== true) {
    if (state.needs !== null && anew !== true) return ignore(state)
    const unmet = needs.names.map((need) => ({ need, how: 'no answer yet' }))
    return look(state, { within: needs.within, unmet }, moment)
  }
  const incarnation = state.incarnation + 1
  return withoutLooking(state, {
    state: {
      ...state,
      phase: 'starting',
      why: 'its process is being started',
      incarnation,
      inVain: false,
      pid: null,
      startedAt: null,
      survivors: [],
    },
    effects: [{ type: 'spawn', incarnation }],
  })
}

/** The first try, at once, and the deadline of all. */
function look(
  state: InstanceState,
  { within, unmet }: Pick<NeedsWait, 'within' | 'unmet'>,
  { now }: Moment,
): Step {
  const { incarnation } = state
  const looks = state.looks + 1
  const until = within === null ? null : now + within
  const needs: NeedsWait = { within, until, tries: 0, nextAt: null, unmet, met: false }
  const why = `it looks for ${unmet.map(({ need }) => need).join(' and ')}`
  return {
    state: { ...state, looks, needs, inVain: false, why },
    effects: [
      NO_TIMERS,
      ...(within === null
        ? []
        : [{ type: 'timer', timer: 'needs', after: within, incarnation } as const]),
      { type: 'look-for-needs', look: looks },
    ],
  }
}

/** Who asks while it waits between two tries, or in one that takes long, has it looked for at once. */
function askedWhileWaiting<E extends Of<'start' | 'restart'>>(
  want: (state: InstanceState, event: E) => Step,
): (state: InstanceState, event: E, policy: Policy, moment: Moment) => Step {
  return (state, event, _policy, moment) => {
    const step = want(state, event)
    return event.forgive && state.needs !== null ? look(step.state, state.needs, moment) : step
  }
}

export const startWhileWaiting = askedWhileWaiting(wantUp)
export const restartWhileWaiting = askedWhileWaiting(wantUpAgain)

/** What came of a try. */
export function needsTold(
  state: InstanceState,
  event: Of<'needs'>,
  _policy: Policy,
  { now, random }: Moment,
): Step {
  const { needs, incarnation } = state
  if (needs === null || needs.met) return ignore(state)
  const { unmet } = event
  if (unmet.length === 0) {
    // Those it depends on may have gone meanwhile: rule 6.
    return {
      state: { ...state, needs: { ...needs, unmet, met: true } },
      effects: [...NO_LOOKING, { type: 'ask-dependencies' }],
    }
  }
  const tries = needs.tries + 1
  const pause = pauseAfter(tries, random)
  return {
    state: {
      ...state,
      needs: { ...needs, tries, unmet, nextAt: now + pause },
      why: `it waits for ${inWords(unmet)}, try ${tries}`,
    },
    effects: [{ type: 'timer', timer: 'ask', after: pause, incarnation }],
  }
}

function pauseAfter(tries: number, random: () => number): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
  return Math.round(pause * (1 + JITTER * (2 * random() - 1)))
}

function inWords(unmet: readonly UnmetNeed[]): string {
  return unmet.map(({ need, how }) => `${need} (${how})`).join(' and ')
}

export function waitingTimer(
  state: InstanceState,
  event: Of<'timer'>,
  policy: Policy,
  moment: Moment,
): Step {
  const { needs } = state
  if (needs === null || needs.met) return ignore(state)
  if (event.timer === 'needs') {
    return withoutLooking(state, startFailed(state, needs, policy, moment))
  }
  if (event.timer !== 'ask') return ignore(state)
  const looks = state.looks + 1
  return {
    state: { ...state, looks, needs: { ...needs, nextAt: null } },
    effects: [{ type: 'look-for-needs', look: looks }],
  }
}

/** The deadline is over: a failed start, and what comes of it is for the restart policy. */
function startFailed(
  state: InstanceState,
  { within, unmet }: NeedsWait,
  { restart }: Policy,
  moment: Moment,
): Step {
  const how = `what it needs was not there within ${formatDuration(within ?? 0)}: ${inWords(unmet)}`
  const { failures, want, incarnation } = state
  const left = want.state === 'once' || restart.when === 'no'
  const verdict: Verdict | null = left ? null : judgeFailure(failures, restart, moment)
  const judged = { ...state, failures: verdict?.failures ?? failures }
  if (verdict?.restart !== true) {
    const why = verdict === null ? how : `${verdict.why}; the last time ${how}`
    return {
      state: { ...judged, phase: 'fatal', why, fault: null },
      effects: [{ type: 'failed', fatal: true }],
    }
  }
  const delay = Math.max(LEAST_DELAY, verdict.delay)
  return {
    state: { ...judged, phase: 'backoff', why: how, retryAt: moment.now + delay },
    effects: [
      { type: 'failed', fatal: false },
      { type: 'timer', timer: 'backoff', after: delay, incarnation },
    ],
  }
}
