import type { Exit } from '../model/exit.ts'
import type { ExitCause, Health, ProgramPhase } from '../model/guard-status.ts'
import type { UnmetNeed } from '../model/program-needs.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

/** What was asked for last, and by whom. */
export interface Want {
  readonly state: 'up' | 'once' | 'down' | 'hold'
  readonly by: string
}

/** A stop that is under way: which step, why, and what came of the leader meanwhile. */
export interface Stopping {
  readonly step: number
  /** Milliseconds of steps that reached nobody, for the next one that shares its wait. */
  readonly saved?: number
  readonly cause: ExitCause
  /** Null while the leader lives. */
  readonly exit: Exit | null
  /** What to be afterwards, whatever `want` says: a group or a rule has given the instance up. */
  readonly giveUp: string | null
  /** Start again afterwards. */
  readonly again: boolean
  /** The end counts as a failure, and what to do next is for the restart policy. */
  readonly failure: boolean
  /** The program said itself that it ends: an end with success is then no failure, however soon. */
  readonly announced?: true
}

/** A reading anew of its configuration: asked for, or under way by the program's own word. */
export interface Reload {
  readonly state: 'asked' | 'begun' | 'overdue'
  /** Words of the program from before this moment are about an earlier one. */
  readonly since: number
}

/** How long something may take: as declared, and as the program has asked for since. */
export interface Deadline {
  readonly declared: number
  readonly extended: number
}

/** What it needs of the world before it starts is looked for; times are monotonic milliseconds. */
export interface NeedsWait {
  /** How long it may take in all; null for ever. */
  readonly within: number | null
  readonly until: number | null
  /** Tries that have ended. */
  readonly tries: number
  /** When the next one begins; null while one is under way. */
  readonly nextAt: number | null
  /** What the last one has missed; everything before the end of the first. */
  readonly unmet: readonly UnmetNeed[]
  /** All is there, and it is asked whether its dependencies still are. */
  readonly met: boolean
}

/** A fault that is not mended yet; times are monotonic milliseconds. */
export interface Fault {
  readonly cause: ExitCause
  /** When it happened, as near as is known. */
  readonly at: number
  readonly detected: number
}

/**
 * All facts about one instance that its transitions depend on. Times are milliseconds of the
 * monotonic clock.
 */
export interface InstanceState {
  readonly want: Want
  readonly phase: ProgramPhase
  readonly why: string
  readonly ready: boolean
  readonly health: Health
  /** Counts the lives of the instance; 0 before the first. */
  readonly incarnation: number
  /** It waits for something that nothing but a request will bring about. */
  readonly inVain: boolean
  /** Null where nothing is looked for. */
  readonly needs: NeedsWait | null
  /** Counts the tries of all lives: an answer to an earlier one is discarded. */
  readonly looks: number
  /** Null when no process of the present incarnation is known to live. */
  readonly pid: number | null
  readonly startedAt: number | null
  /** The present incarnation has been up for `startSeconds` and is ready. */
  readonly settled: boolean
  /** When failures happened that still count, oldest first; at most as many as the limit has. */
  readonly failures: readonly number[]
  /** Automatic restarts since an operator last started it. */
  readonly restarts: number
  readonly stopping: Stopping | null
  /** Of the start, or of the present step of the stop. */
  readonly deadline: Deadline | null
  readonly reload: Reload | null
  /** When the present back-off ends. */
  readonly retryAt: number | null
  readonly survivors: readonly number[]
  readonly lastExit: Exit | null
  readonly fault: Fault | null
}

export const NEW_INSTANCE: InstanceState = {
  want: { state: 'down', by: 'configuration' },
  phase: 'stopped',
  why: 'nobody has started it',
  ready: false,
  health: 'unknown',
  incarnation: 0,
  inVain: false,
  needs: null,
  looks: 0,
  pid: null,
  startedAt: null,
  settled: false,
  failures: [],
  restarts: 0,
  stopping: null,
  deadline: null,
  reload: null,
  retryAt: null,
  survivors: [],
  lastExit: null,
  fault: null,
}

/** What may happen to an instance. Whatever belongs to one life carries its incarnation. */
export type InstanceEvent =
  /** An operator, the configuration, a group or a dependent asks. An operator's start forgives all failures. */
  | {
      readonly type: 'start'
      readonly by: string
      readonly once: boolean
      readonly forgive: boolean
    }
  | {
      readonly type: 'stop'
      readonly by: string
      readonly hold: boolean
      readonly cause: ExitCause
      /** It is wanted from now on, and what lives lives until its turn comes. */
      readonly later?: true
    }
  | {
      readonly type: 'restart'
      readonly by: string
      readonly cause: ExitCause
      readonly forgive: boolean
    }
  /** A group gives up on all of its members. */
  | { readonly type: 'give-up'; readonly why: string }
  | { readonly type: 'pause'; readonly by: string }
  | { readonly type: 'resume'; readonly by: string }
  | {
      readonly type: 'dependencies'
      readonly met: boolean
      readonly why: string
      /** What is not met will not be by waiting. */
      readonly inVain: boolean
      /** What is looked for once they are met, and for how long; left out where that is nothing. */
      readonly needs?: { readonly names: readonly string[]; readonly within: number | null }
      /** What it needs has changed: it is looked for from the beginning. */
      readonly anew?: boolean
    }
  /** What a try did not find; empty where everything is there. */
  | { readonly type: 'needs'; readonly look: number; readonly unmet: readonly UnmetNeed[] }
  /** A step of a stop has reached nobody: no console, no window. */
  | { readonly type: 'unheard'; readonly incarnation: number }
  | { readonly type: 'spawned'; readonly incarnation: number; readonly pid: number }
  | {
      readonly type: 'spawn-failed'
      readonly incarnation: number
      readonly errno: string
      readonly why: string
    }
  | { readonly type: 'ready'; readonly incarnation: number; readonly ready: boolean }
  | {
      readonly type: 'health'
      readonly incarnation: number
      readonly healthy: boolean
      readonly why: string
      /** When the fault began, as near as is known. */
      readonly since: number
    }
  /** Something that watches it says that it has to be restarted. */
  | {
      readonly type: 'fault'
      readonly incarnation: number
      readonly cause: ExitCause
      readonly why: string
      readonly since: number
    }
  /** It needs so many milliseconds more for its start or its stop. */
  | { readonly type: 'extend'; readonly incarnation: number; readonly within: number }
  /** An operator asks for a reload; whoever speaks tells when it is done. */
  | { readonly type: 'reload'; readonly by: string; readonly speaks: boolean }
  /** It reads its configuration anew, since that moment. */
  | { readonly type: 'reloading'; readonly incarnation: number; readonly since: number }
  | { readonly type: 'reloaded'; readonly incarnation: number }
  /** It says that it is ending by itself. */
  | { readonly type: 'ending'; readonly incarnation: number }
  /** Another process of its tree is the program from now on. */
  | { readonly type: 'main'; readonly incarnation: number; readonly pid: number }
  | { readonly type: 'exited'; readonly incarnation: number; readonly exit: Exit }
  /** The answer to `check-tree`. */
  | { readonly type: 'tree'; readonly incarnation: number; readonly survivors: readonly number[] }
  | { readonly type: 'timer'; readonly timer: TimerName; readonly incarnation: number }
  /** A new guard found it alive, or not at all. */
  | {
      readonly type: 'adopted'
      readonly incarnation: number
      readonly pid: number
      readonly ready: boolean
    }
  | { readonly type: 'lost'; readonly incarnation: number }

export type InstanceEventType = InstanceEvent['type']

/**
 * `start`: start timeout; `ask`: the next try of what it needs; `needs`: the deadline of all tries; `settle`: startSeconds; `reload`: its begin or its end; `step`: the wait of a
 * stop step; `tree`: look again.
 */
export type TimerName =
  | 'backoff'
  | 'ask'
  | 'needs'
  | 'start'
  | 'settle'
  | 'reload'
  | 'step'
  | 'tree'

/** What the engine is to do, in this order. */
export type Effect =
  | { readonly type: 'ask-dependencies' }
  /** One try of everything that it needs, instead of one that is under way. */
  | { readonly type: 'look-for-needs'; readonly look: number }
  /** A try that is under way is of no interest any more. */
  | { readonly type: 'leave-needs' }
  | { readonly type: 'spawn'; readonly incarnation: number }
  | {
      readonly type: 'timer'
      readonly timer: TimerName
      readonly after: number
      readonly incarnation: number
    }
  | { readonly type: 'cancel'; readonly timers: readonly TimerName[] }
  /**
   * Watch readiness, or health, heartbeat and limits once it is ready; in its end only its words
   * count; `nothing` stops all watching.
   */
  | {
      readonly type: 'watch'
      readonly what: 'readiness' | 'life' | 'end' | 'nothing'
      readonly incarnation: number
    }
  | { readonly type: 'stop-step'; readonly step: number; readonly incarnation: number }
  | { readonly type: 'check-tree'; readonly incarnation: number; readonly thorough: boolean }
  | { readonly type: 'freeze' | 'thaw' | 'reload'; readonly incarnation: number }
  | {
      readonly type: 'record-exit'
      readonly incarnation: number
      readonly exit: Exit
      readonly cause: ExitCause
      readonly lived: number
      readonly pid: number | null
    }
  | {
      readonly type: 'recovered'
      readonly cause: ExitCause
      readonly detection: number
      readonly recovery: number
    }
  /** For the groups it is in: it failed, and whether it is given up. */
  | { readonly type: 'failed'; readonly fatal: boolean }

/** The settings that transitions depend on. */
export type Policy = Pick<
  ProgramSpec,
  'type' | 'restart' | 'startSeconds' | 'startTimeout' | 'ready' | 'stop'
>

/** What a transition may know of the world: the time, and a number in [0, 1) for jitter. */
export interface Moment {
  readonly now: number
  readonly random: () => number
}

export interface Step {
  readonly state: InstanceState
  readonly effects: readonly Effect[]
}
