import type { LogLine } from '../model/log-entry.ts'
import type { InstallOutcome, Plan } from '../model/plan.ts'
import type { Secret } from '../model/secret.ts'
import type { Scope, ServiceSpec } from '../model/service-spec.ts'
import type { ManagerKind, ServiceStatus } from '../model/service-status.ts'

export interface ManagerCapabilities {
  /** The manager itself knows pause and resume. */
  readonly pause: boolean
  readonly reload: boolean
  /** It starts any executable, not only one that speaks its protocol. */
  readonly anyExecutable: boolean
  /** It keeps the output of services; {@link ServiceManager.logs} reads it. */
  readonly logs: boolean
}

/** Windows starts a service of a user only with the password of that user, which it keeps. */
export interface AccountPasswords {
  /** Whether the account of this service has a password. Pure. */
  takenBy(spec: ServiceSpec): boolean
  /** Whether installing needs it: the manager does not have it yet. */
  neededFor(spec: ServiceSpec): Promise<boolean>
  /** @throws PASSWORD_UNUSED, NOT_INSTALLED, FOREIGN */
  set(name: string, password: Secret): Promise<void>
}

export interface LogQuery {
  /** Newest lines to begin with; default 10. */
  readonly lines?: number
  readonly since?: Date
  /** Go on with new lines until `signal` is aborted. */
  readonly follow?: boolean
  readonly signal?: AbortSignal
}

/**
 * What one asks of an operating system's init: a plain object made by `systemdManager(…)`,
 * `scmManager(…)` or `launchdManager(…)` for one scope.
 *
 * Every verb resolves when the manager says that it is done: `start` when the service is running
 * (ready, where it speaks `native`), `stop` when no process is left. Each asks for the least right it needs.
 *
 * Errors of every verb: RIGHTS, MANAGER_UNAVAILABLE, MANAGER_TIMEOUT, MANAGER_FAILED; of every verb
 * but `status`: NOT_INSTALLED. The verbs below name what else they throw.
 */
export interface ServiceManager {
  readonly kind: ManagerKind
  readonly scope: Scope
  readonly capabilities: ManagerCapabilities
  /** Throws MANAGER_UNAVAILABLE, with the reason and the remedy, where the manager cannot be reached. */
  requireAvailable(): Promise<void>
  /** Pure: the same spec gives the same plan, and nothing is read or changed. */
  plan(spec: ServiceSpec): Plan
  /**
   * Carries the plan out: creates, updates in place, or changes nothing when what is installed is the same.
   * A failing step undoes the steps before it. A running service goes on with its old definition until
   * its next start.
   *
   * @param password of the account, where {@link ServiceManager.passwords} takes one
   * @throws UNSUPPORTED before anything is changed; FOREIGN when the name is somebody else's
   */
  install(plan: Plan, password?: Secret): Promise<InstallOutcome>
  /** Of accounts that services run as; left out where the manager needs none. */
  readonly passwords?: AccountPasswords
  /** Stops the service and removes everything `install` wrote. @throws FOREIGN */
  uninstall(name: string): Promise<void>
  /** Already running is success. @throws START_FAILED, START_TIMEOUT */
  start(name: string, args?: readonly string[]): Promise<void>
  /** Already stopped is success. @throws STOP_TIMEOUT */
  stop(name: string): Promise<void>
  restart(name: string): Promise<void>
  /** @throws VERB_UNSUPPORTED, NOT_RUNNING, TRANSITION_ILLEGAL */
  pause(name: string): Promise<void>
  /** @throws VERB_UNSUPPORTED, NOT_RUNNING, TRANSITION_ILLEGAL */
  resume(name: string): Promise<void>
  /** @throws VERB_UNSUPPORTED, NOT_RUNNING */
  reload(name: string): Promise<void>
  status(name: string): Promise<ServiceStatus>
  /** Services that this stead installed, by name. */
  list(): Promise<readonly ServiceStatus[]>
  logs(name: string, query: LogQuery): AsyncIterable<LogLine>
}
