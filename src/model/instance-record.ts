import type { ExitRecord, ProgramPhase } from './guard-status.ts'
import type { ProcessIdentity } from './ports/spawner.ts'
import type { StopStep } from './program-spec.ts'

/** The version of what a guard writes down. A guard reads this one and older ones. */
export const STATE_VERSION = 1

/** By setting, as stead.yaml names it: a digest of its value; what is left out has its default. */
export type Fingerprint = Readonly<Record<string, string>>

/**
 * What a later guard has to know of an instance, to take it on without a second process of it. The
 * newest record of an instance counts.
 */
export interface InstanceRecord {
  readonly service: string
  readonly instance: number
  readonly want: {
    readonly state: 'up' | 'once' | 'down' | 'hold'
    readonly by: string
    readonly at: string
  }
  readonly phase: ProgramPhase
  readonly why: string
  readonly incarnation: number
  /** Null while no process of it lives. */
  readonly identity: ProcessIdentity | null
  readonly ready: boolean
  readonly startedAt: string | null
  /** Times of day of the failures that count, in milliseconds. */
  readonly failures: readonly number[]
  readonly restarts: number
  readonly lastExit: ExitRecord | null
  /** What its newest life was started with; left out where that is not known, as by older guards. */
  readonly startedWith?: Fingerprint
  /** It runs what was configured before, and its turn to be restarted has not come yet. */
  readonly outdated?: true
  /** How to stop it, should it no longer be in the configuration. */
  readonly stop: readonly StopStep[]
}

/** Where records are kept: a file that is appended to, and made anew now and then. */
export interface StateStore {
  /** Called once, first. `trouble` says what could not be read and where it was put aside. */
  load(): { readonly records: readonly InstanceRecord[]; readonly trouble: string | null }
  /** With the system when it returns. Never throws: a full disk is told by `trouble`. */
  append(record: InstanceRecord): void
  /** Keeps only these. */
  rewrite(records: readonly InstanceRecord[]): void
  readonly trouble: string | null
}
