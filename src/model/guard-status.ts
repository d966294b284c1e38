import type { CgroupFact } from './cgroup-fact.ts'
import type { ConfigOutcome, ConfigRefusal } from './config-version.ts'
import type { OutletFact } from './event-outlet.ts'
import type { Exit } from './exit.ts'
import type { SinkFact } from './log-sink.ts'
import type { OutputCounts } from './ports/program-output.ts'
import type { GroupStrategy, ProgramLimits } from './program-spec.ts'
import type { RemoteFact } from './remote-spec.ts'

/**
 * What was asked of an instance, and by whom. `up`: keep it running. `once`: run it, do not restart
 * it. `down`: keep it stopped. `hold`: as `down`, and no dependent or group may start it.
 */
export interface WantFact {
  readonly state: 'up' | 'once' | 'down' | 'hold'
  /** `boot`, `configuration`, `group NAME`, `schedule`, or `operator uid 1000`. */
  readonly by: string
  readonly at: string
}

/**
 * Where an instance of a guarded program is in its life; what each means, and who wins when rules
 * conflict, stands at the head of `guard/transition.ts`.
 */
export type ProgramPhase =
  | 'stopped'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'exited'
  | 'backoff'
  | 'fatal'
  | 'lost'

export const PROGRAM_PHASES = [
  'stopped',
  'waiting',
  'starting',
  'running',
  'paused',
  'stopping',
  'exited',
  'backoff',
  'fatal',
  'lost',
] as const satisfies readonly ProgramPhase[]

export type Health = 'unknown' | 'healthy' | 'unhealthy'

/** One life of a program, ended. Times are ISO 8601. */
export interface ExitRecord {
  readonly incarnation: number
  readonly pid: number | null
  readonly exit: Exit
  readonly startedAt: string | null
  readonly at: string
  /** Milliseconds that it lived. */
  readonly lived: number
  /** Why it ended as far as the guard knows: `stop`, `crash`, `health`, `heartbeat`, `memory`, … */
  readonly cause: ExitCause
}

export const EXIT_CAUSES = [
  'itself',
  'stop',
  'restart',
  'start-timeout',
  'health',
  'heartbeat',
  'memory',
  'cpu',
  'schedule',
  'group',
  'dependency',
  'configuration',
  'output',
  'lost',
] as const

export type ExitCause = (typeof EXIT_CAUSES)[number]

/** From a fault to its mending, in milliseconds; null while it is not mended. */
export interface RecoveryFact {
  readonly cause: ExitCause
  readonly at: string
  /** From the fault (the exit, the last good probe, the last beat) until the guard knew. */
  readonly detection: number
  /** From the fault until it was ready again. */
  readonly recovery: number | null
}

export interface InstanceStatus {
  /** `api`, or `api@2` where there are several. */
  readonly id: string
  readonly service: string
  readonly instance: number
  readonly want: WantFact
  readonly phase: ProgramPhase
  readonly ready: boolean
  /** There while it runs and, by its own word, reads its configuration anew (RELOADING=1 of sd_notify(3)). */
  readonly reloading?: true
  /** There while it is stopped to be removed: no verb is for it any more. */
  readonly removing?: true
  readonly health: Health
  /** One sentence: why it is in this phase. */
  readonly why: string
  readonly pid: number | null
  /** There while it has a process, for a service with `cgroup: true`. */
  readonly cgroup?: CgroupFact
  readonly incarnation: number
  readonly startedAt: string | null
  /** When the next thing happens by itself, and what: `restart`, or the next step of a stop such as `SIGKILL to all its processes`; null for nothing. */
  readonly next: { readonly at: string; readonly what: string } | null
  /** Automatic restarts since an operator last started it. */
  readonly restarts: number
  /** Failures that count towards the limit now. */
  readonly failures: number
  readonly lastExit: ExitRecord | null
  readonly recovery: RecoveryFact | null
  /** The program's own words (STATUS= of sd_notify). */
  readonly statusText: string | null
  /** Processes that could not be ended. */
  readonly survivors: readonly number[]
}

/** More of one instance, asked for by name: costs more to find out. */
export interface InstanceDetail extends InstanceStatus {
  readonly command: readonly string[]
  readonly cwd: string
  readonly dependsOn: readonly {
    readonly name: string
    readonly condition: string
    readonly met: boolean
  }[]
  readonly dependents: readonly string[]
  /** What it needs of the world before each start; left out where that is nothing. */
  readonly needs?: readonly NeedFact[]
  readonly groups: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly log: {
    readonly file: string | null
    readonly counts: OutputCounts
    readonly sinks: readonly SinkFact[]
  } | null
  /** Resident bytes of the tree. */
  readonly memory: number | null
  readonly limits: ProgramLimits
  readonly probes: readonly ProbeFact[]
  readonly heartbeat: { readonly lastAt: string | null; readonly missed: number } | null
  /** Newest first. */
  readonly exits: readonly ExitRecord[]
  /** What would change its phase, in words, each with the command where there is one. */
  readonly changes: readonly string[]
}

/** One of the needs of a service. */
export interface NeedFact {
  /** `tcp db:5432`. */
  readonly need: string
  /** By the last try of this start; null where none is under way. */
  readonly met: boolean | null
  /** Why not, in words; null where nothing is to be said. */
  readonly how: string | null
}

export interface ProbeFact {
  readonly kind: 'ready' | 'health'
  readonly target: string
  readonly at: string | null
  readonly ok: boolean | null
  /** Milliseconds the last one took. */
  readonly took: number | null
  readonly detail: string | null
  readonly failures: number
}

/** Which configuration a guard runs, and whether it has refused a newer one. */
export interface ConfigFacts {
  /** Its number in the history; 0 where there is none. */
  readonly version: number
  readonly at: string | null
  readonly outcome: ConfigOutcome
  /** What was offered since and not taken; null where nothing was. */
  readonly refused: ConfigRefusal | null
}

export interface GuardFacts {
  readonly project: string
  readonly pid: number
  readonly socket: string
  readonly version: string
  readonly since: string
  /** The stead.yaml it was started with. */
  readonly file: string | null
  /** Number of the newest event. */
  readonly event: number
  readonly config?: ConfigFacts
  /** The remote source of its settings; left out where there is none. */
  readonly remote?: RemoteFact
  /** How those are who are told of events; left out where there are none. */
  readonly outlets?: readonly OutletFact[]
}

/** What an instance uses with everything that descends from it. */
export interface InstanceUsage {
  readonly id: string
  readonly pid: number
  readonly incarnation: number
  /** Resident bytes; what several processes share counts for each. */
  readonly memory: number
  /** Milliseconds of processor time since its start, of the children that have ended too. */
  readonly cpu: number
}

/** One look at the machine. A share of a core is the difference of two, by the guard's own clock. */
export interface GuardUsage {
  readonly at: string
  /** Milliseconds on a clock of the guard that never jumps. */
  readonly clock: number
  /** Those that have a process. */
  readonly services: readonly InstanceUsage[]
}

/** A group as it is configured. */
export interface GroupFact {
  readonly name: string
  readonly strategy: GroupStrategy
  /** Names of services. */
  readonly services: readonly string[]
}

/** What `status --json` prints. */
export interface GuardStatus {
  readonly guard: GuardFacts
  readonly services: readonly InstanceStatus[]
}
