import type {
  ExitCause,
  GroupFact,
  GuardFacts,
  InstanceStatus,
  ProbeFact,
  ProgramPhase,
} from './guard-status.ts'
import type { ParameterFact } from './parameter.ts'
import type { OutputCounts } from './ports/program-output.ts'

/** How often a time fell between two bounds. */
export interface Histogram {
  /** Upper bounds in seconds, growing; what is above the last is counted beyond them. */
  readonly bounds: readonly number[]
  /** One more than there are bounds; each counts what is in its own bucket alone. */
  readonly counts: readonly number[]
  /** Seconds. */
  readonly sum: number
}

/** What was counted of one instance since this guard knows it. Times are milliseconds. */
export interface Tally {
  /** Since when, ISO 8601. */
  readonly since: string
  /** Lives that followed another one without anybody's start between them, by why that one ended. */
  readonly restarts: Readonly<Partial<Record<ExitCause, number>>>
  /** Ends of lives. */
  readonly ends: Readonly<Partial<Record<ExitCause, number>>>
  /** Time spent in each phase, the present one up to now. */
  readonly phases: Readonly<Partial<Record<ProgramPhase, number>>>
  /** From a start until it was ready, of those that were not so at once; null for none yet. */
  readonly ready: Histogram | null
  /** From a fault until the guard knew. */
  readonly detection: Histogram | null
  /** From a fault until it was ready again. */
  readonly recovery: Histogram | null
  readonly probes: Readonly<Partial<Record<ProbeFact['kind'], ProbeTally>>>
}

export interface ProbeTally {
  readonly failed: number
  readonly took: Histogram
}

/** What the processes of one instance use. */
export interface InstanceBurden {
  /** Resident bytes; what several processes share counts for each. */
  readonly memory: number
  /** Milliseconds of processor time over all lives, as far as somebody looked. */
  readonly cpu: number
  readonly processes: number
  /** Open descriptors; null where the guard may not see them. */
  readonly descriptors: number | null
}

export interface InstanceMetrics {
  readonly status: InstanceStatus
  readonly tally: Tally
  /** Null for no log, or where it could not be asked in time. */
  readonly output: OutputCounts | null
  /** Null where it has no process, or the system does not tell. */
  readonly burden: InstanceBurden | null
  /** Of its service, as far as they are known. */
  readonly parameters: readonly ParameterFact[]
}

/** What the guard's own process uses. */
export interface OwnUsage {
  /** Resident bytes. */
  readonly memory: number
  /** Milliseconds of processor time since its start. */
  readonly cpu: number
  readonly descriptors: number | null
}

/** Everything there is to measure, at one moment. */
export interface GuardMetrics {
  readonly guard: GuardFacts
  readonly own: OwnUsage
  /** How late timers are; null where this was not measured yet. */
  readonly lag: Histogram | null
  /** Events that could not be stored since the guard started. */
  readonly eventsLost: number
  /** Milliseconds that finding all this out took. */
  readonly took: number
  readonly groups: readonly GroupFact[]
  readonly services: readonly InstanceMetrics[]
}
