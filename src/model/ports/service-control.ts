import type { ScmActionType, ScmStartType, ScmState } from '../scm-values.ts'
import type { Secret } from '../secret.ts'
import type { ServiceSidType } from '../windows-settings.ts'

/** SERVICE_STATUS_PROCESS. */
export interface ScmStatus {
  readonly state: ScmState
  /** The bits as Windows gives them; `SCM_ACCEPTS` names those that stead knows. */
  readonly accepts: number
  /** 1066 says that `specificExitCode` counts; 1077 that it never ran. */
  readonly win32ExitCode: number
  readonly specificExitCode: number
  /** Advances while a pending state makes progress; 0 in the others. */
  readonly checkPoint: number
  /** Milliseconds until the next checkpoint, as the service promises. */
  readonly waitHint: number
  /** Null without a process. */
  readonly pid: number | null
}

/** What CreateServiceW and ChangeServiceConfigW take, and QueryServiceConfigW returns. */
export interface ScmConfig {
  /** The bits of dwServiceType. */
  readonly type: number
  readonly startType: ScmStartType
  /** dwErrorControl: 1 is SERVICE_ERROR_NORMAL. */
  readonly errorControl: number
  /** lpBinaryPathName: the whole command line. */
  readonly commandLine: string
  /** Names of services; those of load order groups begin with `+`. */
  readonly dependencies: readonly string[]
  /** lpLoadOrderGroup; null for none. */
  readonly group: string | null
  /** lpServiceStartName. */
  readonly account: string
  readonly displayName: string
}

/** SERVICE_FAILURE_ACTIONSW, without reboot message and command, which stead never sets. */
export interface ScmFailureActions {
  /** Seconds without a failure after which counting begins anew; INFINITE for never. */
  readonly resetPeriod: number
  /** The n-th failure takes the n-th action, and the last one repeats. Delays in milliseconds. */
  readonly actions: readonly { readonly type: ScmActionType; readonly delay: number }[]
}

/** What ChangeServiceConfig2W sets and QueryServiceConfig2W returns, and the access list beside it. */
export interface ScmExtras {
  /** SERVICE_CONFIG_DESCRIPTION; empty for none. */
  readonly description: string
  /** SERVICE_CONFIG_DELAYED_AUTO_START_INFO. */
  readonly delayedStart: boolean
  /** SERVICE_CONFIG_FAILURE_ACTIONS. */
  readonly failureActions: ScmFailureActions
  /** SERVICE_CONFIG_FAILURE_ACTIONS_FLAG: the actions run for STOPPED with a code other than 0 too. */
  readonly failureActionsOnCode: boolean
  /** SERVICE_CONFIG_PRESHUTDOWN_INFO, milliseconds. */
  readonly preshutdownTimeout: number
  /** SERVICE_CONFIG_SERVICE_SID_INFO. */
  readonly serviceSid: ServiceSidType
  /** SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO; empty for those of the account. */
  readonly privileges: readonly string[]
  /** The access list (DACL) of the service in SDDL: SetServiceObjectSecurity. Read in Windows' own words. */
  readonly securityDescriptor: string
}

export type ScmExtra = keyof ScmExtras

/** A value of the registry that stead writes for a service. */
export type RegistryValue =
  | { readonly type: 'REG_SZ'; readonly data: string }
  | { readonly type: 'REG_EXPAND_SZ'; readonly data: string }
  | { readonly type: 'REG_MULTI_SZ'; readonly data: readonly string[] }
  | { readonly type: 'REG_DWORD'; readonly data: number }
  /** Another type: left alone. */
  | { readonly type: 'other'; readonly raw: number }

/**
 * The Windows Service Control Manager and the registry keys of its services, call by call. Each call
 * opens what it needs with the least access, and closes it again.
 *
 * Every method rejects with a WindowsError that has the number of the call that failed: 5 access
 * denied, 1060 no such service, 1072 marked for deletion…
 */
export interface ServiceControl {
  /** The extras that this Windows keeps: Wine's manager lacks some, and says 124 when asked for them. */
  readonly extras: ReadonlySet<ScmExtra>
  /** Resolves when the SCM answers (SC_MANAGER_CONNECT). */
  connect(): Promise<void>
  /** @param password of an account that has one; left out for others */
  create(name: string, config: ScmConfig, password?: Secret): Promise<void>
  /** @param password is set with `account`; left out the one that Windows keeps stays */
  change(name: string, config: Partial<ScmConfig>, password?: Secret): Promise<void>
  config(name: string): Promise<ScmConfig>
  setExtra<E extends ScmExtra>(name: string, extra: E, value: ScmExtras[E]): Promise<void>
  extra<E extends ScmExtra>(name: string, extra: E): Promise<ScmExtras[E]>
  status(name: string): Promise<ScmStatus>
  /** Resolves when the process has reached the SCM, which waits 30 seconds for it (1053). */
  start(name: string, args: readonly string[]): Promise<void>
  /** ControlService; `code` out of `SCM_CONTROLS` or 128 to 255. */
  control(name: string, code: number): Promise<void>
  /** Marks for deletion; the service is gone when it is stopped and nobody holds it any more. */
  delete(name: string): Promise<void>
  /** The names of all services that are processes, in the order of the SCM. */
  names(): Promise<readonly string[]>
  /**
   * A value below the service's key, `key` being a path from there (`''` is the key itself); null
   * where there is no such key or value.
   */
  readValue(name: string, key: string, value: string): Promise<RegistryValue | null>
  /** Creates the key where it is missing; null removes the value. */
  writeValue(
    name: string,
    key: string,
    value: string,
    data: Exclude<RegistryValue, { type: 'other' }> | null,
  ): Promise<void>
}
