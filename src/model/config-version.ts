/** What a guard remembers of the configurations that it has taken. */
import type { ApplyChange } from './ports/guard-api.ts'

/**
 * The texts that a configuration was read from, by absolute path, the first file first, and that of a
 * remote source by `remoteSourceKey`; secrets are sealed as they stand there.
 */
export type ConfigSources = Readonly<Record<string, string>>

/** Why a configuration was taken: the guard began, somebody asked, a file or the remote source changed, or it was gone back to. */
export type ConfigCause = 'start' | 'apply' | 'file' | 'remote' | 'rollback'

/**
 * What became of it. `trial`: its services are watched. `good`: they did well, or nobody asked for a
 * trial. `rolled-back`: they did not, or somebody went back. `replaced`: another came during the trial.
 */
export type ConfigOutcome = 'trial' | 'good' | 'rolled-back' | 'replaced'

export interface ConfigVersion {
  /** 1 for the first of a state directory; never used again. */
  readonly number: number
  readonly at: string
  /** Who asked: `uid 0 (pid 17)`, or what. */
  readonly by: string
  readonly cause: ConfigCause
  /** SHA-256 of its texts. */
  readonly digest: string
  readonly changes: readonly ApplyChange[]
  readonly outcome: ConfigOutcome
  /** Why it is no longer there; null where nothing is to be said. */
  readonly reason: string | null
}

/** A configuration that was not taken. */
export interface ConfigRefusal {
  readonly at: string
  readonly cause: ConfigCause
  /** Every problem, as it is told to whoever asks for it. */
  readonly reason: string
}

/** How a guard takes changes of its configuration by itself. Milliseconds. */
export interface ConfigPolicy {
  /** Changes of the files are taken over as they are saved. */
  readonly watch: boolean
  /** So long nothing may change before they are read. */
  readonly debounce: number
  /** Files are looked at so often where the system tells of no changes (NFS); null for never. */
  readonly poll: number | null
  /** So long the services that a change touched are watched; if one fails, the guard goes back. */
  readonly trial: number
  /** Versions kept. */
  readonly keep: number
}

export const CONFIG_POLICY: ConfigPolicy = {
  watch: false,
  debounce: 250,
  poll: null,
  trial: 0,
  keep: 50,
}
