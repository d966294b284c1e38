import type { Exit } from './exit.ts'
import type { Scope, StartType } from './service-spec.ts'

export type ManagerKind = 'systemd' | 'scm' | 'launchd' | 'run-key'

/** What was last asked for by an operator or by the boot; null where the manager does not keep it. */
export type Want = 'up' | 'down'

/**
 * Where a service is in its life.
 *
 * - `not-installed` the manager does not know the name
 * - `stopped` not running, nothing will start it but a request, and its last end was not a failure
 * - `waiting` asked to start, waits for another
 * - `starting` its process lives, it is not ready
 * - `running` · `reloading` · `pausing` · `paused` · `resuming` · `stopping` as the words say
 * - `backoff` it failed and the manager starts it again after a delay
 * - `fatal` it failed and the manager will not start it again
 */
export type Phase =
  | 'not-installed'
  | 'stopped'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'reloading'
  | 'pausing'
  | 'paused'
  | 'resuming'
  | 'stopping'
  | 'backoff'
  | 'fatal'

/**
 * What is known of a service now. "Not installed" and "failed" are values, never errors.
 * `null` always means: the manager does not tell.
 */
export interface ServiceStatus {
  readonly name: string
  readonly manager: ManagerKind
  readonly scope: Scope
  /** Installed by this stead; false also for what somebody else installed. */
  readonly ours: boolean
  readonly displayName: string | null
  readonly startType: StartType | null
  /** The account it runs as, where the manager tells; left out by managers that do not. */
  readonly account?: string | null
  readonly want: Want | null
  readonly phase: Phase
  readonly ready: boolean | null
  readonly pid: number | null
  readonly startedAt: Date | null
  /** Resident bytes of the whole service where the manager counts them, else of its main process. */
  readonly memory: number | null
  /** Automatic restarts since the last start by an operator. */
  readonly restarts: number | null
  readonly lastExit: { readonly exit: Exit; readonly at: Date | null } | null
  /** The service's own words. */
  readonly statusText: string | null
  /** Why it is in this phase, where there is more to say than the phase. */
  readonly why: string | null
}

/** True while there is a process that serves or is about to. */
export function isActive(phase: Phase): boolean {
  return (
    phase !== 'not-installed' && phase !== 'stopped' && phase !== 'fatal' && phase !== 'backoff'
  )
}
