/**
 * Priority classes of processes, SetPriorityClass in <processthreadsapi.h>. Without the privilege
 * SeIncreaseBasePriorityPrivilege Windows gives `high` where `realtime` was asked for.
 */
export const WINDOWS_PRIORITIES = [
  'idle',
  'below-normal',
  'normal',
  'above-normal',
  'high',
  'realtime',
] as const
export type WindowsPriority = (typeof WINDOWS_PRIORITIES)[number]

/** SERVICE_SID_TYPE_… of <winsvc.h>: whether the service's own SID is in the token of its process. */
export const SERVICE_SID_TYPES = ['none', 'unrestricted', 'restricted'] as const
export type ServiceSidType = (typeof SERVICE_SID_TYPES)[number]

/** dwErrorControl of CreateServiceW: what the boot does about a service that does not start. */
export const ERROR_CONTROLS = ['ignore', 'normal', 'severe', 'critical'] as const
export type ErrorControl = (typeof ERROR_CONTROLS)[number]

/** What a guard on Windows gives a program. */
export interface WindowsProgram {
  /** Null to inherit the guard's, which is `normal`. */
  readonly priority: WindowsPriority | null
  /** Numbers of the processors that it may run on, from 0; null for all. */
  readonly affinity: readonly number[] | null
  /** JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE: nothing of the program outlives its guard. */
  readonly killOnClose: boolean
}

/** What only Windows has of a service. */
export interface WindowsService extends WindowsProgram {
  /** lpLoadOrderGroup: at boot groups are started one after the other, as ServiceGroupOrder lists them. */
  readonly startGroup: string | null
  /** Load order groups of which a member has to run before this service is started. */
  readonly dependsOnGroups: readonly string[]
  readonly serviceSid: ServiceSidType
  /** The only privileges that the process keeps, `SeChangeNotifyPrivilege`…; null for those of its account. */
  readonly privileges: readonly string[] | null
  /** Who may do what with the service, in SDDL; null for what Windows gives every service. */
  readonly securityDescriptor: string | null
  /** Milliseconds to stop in before the machine goes down; null for the stop timeout. */
  readonly preshutdownTimeout: number | null
  readonly errorControl: ErrorControl
}

export const WINDOWS_PROGRAM_DEFAULTS = {
  priority: null,
  affinity: null,
  killOnClose: true,
} as const satisfies WindowsProgram

export const WINDOWS_DEFAULTS = {
  ...WINDOWS_PROGRAM_DEFAULTS,
  startGroup: null,
  dependsOnGroups: [],
  serviceSid: 'none',
  privileges: null,
  securityDescriptor: null,
  preshutdownTimeout: null,
  errorControl: 'normal',
} as const satisfies WindowsService

/** The settings that differ from what holds without them, by the names that they have in a file. */
export function windowsAsked(settings: Partial<WindowsService> | undefined): string[] {
  if (settings === undefined) return []
  return Object.entries(WINDOWS_DEFAULTS)
    .filter(([name, standard]) => {
      const value = settings[name as keyof WindowsService]
      return value !== undefined && JSON.stringify(value) !== JSON.stringify(standard)
    })
    .map(([name]) => `windows.${name}`)
}
