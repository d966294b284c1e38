/** States of an instance and events that may meet them, for tests of the table of transitions. */

import {
  type InstanceEvent,
  type InstanceEventType,
  type InstanceState,
  type Moment,
  NEW_INSTANCE,
  type NeedsWait,
  type Policy,
  type Stopping,
} from '../../src/guard/state.ts'
import { transition } from '../../src/guard/transition.ts'
import type { Exit } from '../../src/model/exit.ts'
import type { ProgramPhase } from '../../src/model/guard-status.ts'
import { PROGRAM_DEFAULTS } from '../../src/model/program-spec.ts'

export const CRASH: Exit = { kind: 'code', code: 1 }
export const NOW: Moment = { now: 100_000, random: () => 0.5 }
export const POLICY: Policy = PROGRAM_DEFAULTS
export const LIFE = 3

export const EVENTS: {
  readonly [T in InstanceEventType]: readonly Extract<InstanceEvent, { type: T }>[]
} = {
  start: [true, false].flatMap((forgive) =>
    [true, false].map((once) => ({ type: 'start', by: 'me', once, forgive }) as const),
  ),
  stop: [true, false].map((hold) => ({ type: 'stop', by: 'me', hold, cause: 'stop' })),
  restart: [true, false].map((forgive) => ({
    type: 'restart',
    by: 'me',
    cause: 'restart',
    forgive,
  })),
  'give-up': [{ type: 'give-up', why: 'the group failed' }],
  pause: [{ type: 'pause', by: 'me' }],
  resume: [{ type: 'resume', by: 'me' }],
  dependencies: [true, false].flatMap((met) => {
    const told = { type: 'dependencies', met, why: 'it waits for db', inVain: false } as const
    const needs = { names: ['tcp db:5432'], within: 5_000 }
    return [
      told,
      { ...told, needs },
      { ...told, needs: { ...needs, within: null } },
      { ...told, needs, anew: true },
    ]
  }),
  needs: [
    { type: 'needs', look: 0, unmet: [] },
    { type: 'needs', look: 4, unmet: [] },
    { type: 'needs', look: 4, unmet: [{ need: 'tcp db:5432', how: 'connection refused' }] },
  ],
  spawned: [{ type: 'spawned', incarnation: LIFE, pid: 77 }],
  'spawn-failed': ['ENOENT', 'EAGAIN'].map((errno) => ({
    type: 'spawn-failed',
    incarnation: LIFE,
    errno,
    why: 'no such file',
  })),
  ready: [true, false].map((ready) => ({ type: 'ready', incarnation: LIFE, ready })),
  health: [true, false].map((healthy) => ({
    type: 'health',
    incarnation: LIFE,
    healthy,
    why: 'sick',
    since: 99_000,
  })),
  fault: [{ type: 'fault', incarnation: LIFE, cause: 'memory', why: 'too much', since: 99_000 }],
  extend: [0, 60_000].map((within) => ({ type: 'extend', incarnation: LIFE, within })),
  reload: [true, false].map((speaks) => ({ type: 'reload', by: 'me', speaks })),
  reloading: [0, 100_000].map((since) => ({ type: 'reloading', incarnation: LIFE, since })),
  reloaded: [{ type: 'reloaded', incarnation: LIFE }],
  ending: [{ type: 'ending', incarnation: LIFE }],
  main: [{ type: 'main', incarnation: LIFE, pid: 77 }],
  unheard: [{ type: 'unheard', incarnation: LIFE }],
  exited: [CRASH, { kind: 'code', code: 0 } as const, { kind: 'unknown' } as const].map((exit) => ({
    type: 'exited',
    incarnation: LIFE,
    exit,
  })),
  tree: [[], [88]].map((survivors) => ({ type: 'tree', incarnation: LIFE, survivors })),
  timer: (['backoff', 'ask', 'needs', 'start', 'settle', 'reload', 'step', 'tree'] as const).map(
    (timer) => ({
      type: 'timer',
      timer,
      incarnation: LIFE,
    }),
  ),
  adopted: [{ type: 'adopted', incarnation: LIFE, pid: 77, ready: true }],
  lost: [{ type: 'lost', incarnation: LIFE }],
}

const STOPPING: Stopping = {
  step: 0,
  cause: 'stop',
  exit: null,
  giveUp: null,
  again: false,
  failure: false,
}

/** It looks for what it needs, which a try before has not found. */
export const LOOKING: NeedsWait = {
  within: 5_000,
  until: 103_000,
  tries: 1,
  nextAt: 100_250,
  unmet: [{ need: 'tcp db:5432', how: 'connection refused' }],
  met: false,
}

/** A state of that phase as it comes about. */
export function stateIn(phase: ProgramPhase, more: Partial<InstanceState> = {}): InstanceState {
  const lives = ['running', 'paused', 'stopping'].includes(phase)
  return {
    ...NEW_INSTANCE,
    phase,
    why: 'a test says so',
    incarnation: LIFE,
    want: { state: 'up', by: 'boot' },
    pid: lives ? 77 : null,
    startedAt: lives ? 90_000 : null,
    ready: phase === 'running',
    stopping: phase === 'stopping' ? STOPPING : null,
    retryAt: phase === 'backoff' ? 101_000 : null,
    ...more,
  }
}

export const VARIANTS: readonly Partial<InstanceState>[] = [
  {},
  { want: { state: 'down', by: 'me' } },
  { want: { state: 'hold', by: 'me' } },
  { want: { state: 'once', by: 'me' } },
  { failures: Array.from({ length: 10 }, (_, n) => 99_000 + n) },
  { survivors: [88] },
  { pid: 77, startedAt: 90_000 },
  { pid: null, startedAt: null },
  { settled: true, health: 'healthy' },
  { deadline: { declared: 101_000, extended: 101_000 } },
  ...(['asked', 'begun', 'overdue'] as const).map((state) => ({
    reload: { state, since: 99_000 },
  })),
  { fault: { cause: 'health', at: 98_000, detected: 99_000 } },
  ...[0, 1].flatMap((tries) =>
    [true, false].map((met) => ({ looks: 4, needs: { ...LOOKING, tries, met } })),
  ),
  { looks: 4, needs: LOOKING, want: { state: 'once', by: 'me' } },
]

export function next(
  state: InstanceState,
  event: InstanceEvent,
  policy: Policy = POLICY,
): InstanceState {
  return transition(state, event, policy, NOW).state
}

export const start = (forgive: boolean) =>
  ({ type: 'start', by: 'me', once: false, forgive }) as const
export const stop = { type: 'stop', by: 'me', hold: false, cause: 'stop' } as const
export const hold = { ...stop, hold: true } as const
export const giveUp = { type: 'give-up', why: 'the group failed' } as const
export const gone = { type: 'tree', incarnation: LIFE, survivors: [] } as const
export const exited = { type: 'exited', incarnation: LIFE, exit: CRASH } as const
