import type { ConfigCause, ConfigSources } from '../model/config-version.ts'
import type { GuardHappening } from '../model/guard-event.ts'
import type { ConfigFacts } from '../model/guard-status.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ConfigHistory } from '../model/ports/config-history.ts'
import type { ApplyChange, GuardApi } from '../model/ports/guard-api.ts'
import type { GuardSpec } from '../model/program-spec.ts'
import type { ChangedAtStart } from './changed-at-start.ts'
import type { Rollout } from './rollouts.ts'
import type { Trial } from './trial.ts'

/** A configuration, and the texts that it was read from. */
export interface ReadConfiguration {
  readonly spec: GuardSpec
  readonly sources: ConfigSources
  /** Where a change of it came from where that was no file: `remote etcd … (revision 42)`. */
  readonly origin?: string
}

export interface ConfigurationParts {
  readonly clock: Clock
  /**
   * Reads the configuration anew: from its files, with `text` in place of the first, or from texts
   * that were kept; `cause` says whether the remote source is asked. @throws GUARD_FILE_INVALID and the like
   */
  readonly readSpec: (
    given: string | ConfigSources | null,
    cause: ConfigCause,
  ) => Promise<ReadConfiguration>
  readonly compare: (old: GuardSpec, next: GuardSpec) => readonly ApplyChange[]
  readonly history: ConfigHistory
  readonly tell: (happening: GuardHappening) => void
  /** Told of a configuration that was taken, before its services follow. */
  readonly applied?: (next: GuardSpec) => void
  /** Services whose instances would be restarted one after another. */
  readonly rolls: (changes: readonly ApplyChange[], next: GuardSpec) => readonly string[]
  /** Without a rollout, that which is under way goes on. */
  readonly carryOut: (
    changes: readonly ApplyChange[],
    next: GuardSpec,
    rollout: Rollout | null,
    by: string,
  ) => void
  /** Which of these services do well now. */
  readonly doingWell: (services: readonly string[]) => readonly string[]
  readonly watchTrial: (
    services: readonly string[],
    ended: (failure: string | null) => void,
  ) => Trial
  /** @throws GUARD_ENDING */
  readonly refuseWhenEnding: () => void
}

export interface GuardConfiguration {
  readonly current: GuardSpec
  readonly facts: ConfigFacts
  readonly api: Pick<
    GuardApi,
    | 'apply'
    | 'configuration'
    | 'reread'
    | 'takeOver'
    | 'dismiss'
    | 'versions'
    | 'versionSources'
    | 'rollback'
  >
  /**
   * The guard begins with what it was given: a version where it is not the newest one that was good.
   *
   * @returns whether what was changed of its programs follows; false where there is nothing but what an
   * earlier guard has begun
   */
  begin(changed: ChangedAtStart): boolean
  close(): void
}

/** How a configuration is taken. */
export interface Taking {
  readonly by: string
  readonly cause: ConfigCause
  /** Milliseconds; 0 for none but that of a rollout. */
  readonly trial: number
  /** Services whose instances are restarted one after another. */
  readonly rolled: readonly string[]
  /** Those for whose failure it is gone back. */
  readonly answerable: readonly string[]
}
