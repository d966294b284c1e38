import { SteadError } from '../errors.ts'

/**
 * The integers of <winsvc.h>, each with its one translation. A value that is not in a table is
 * raised and never guessed at.
 */

/** SERVICE_STATUS.dwCurrentState. */
export const SCM_STATES = {
  stopped: 1,
  'start-pending': 2,
  'stop-pending': 3,
  running: 4,
  'continue-pending': 5,
  'pause-pending': 6,
  paused: 7,
} as const
export type ScmState = keyof typeof SCM_STATES

/** QUERY_SERVICE_CONFIGW.dwStartType; `boot` and `system` are for drivers. */
export const SCM_START_TYPES = { boot: 0, system: 1, auto: 2, demand: 3, disabled: 4 } as const
export type ScmStartType = keyof typeof SCM_START_TYPES

/** dwErrorControl. */
export const SCM_ERROR_CONTROLS = { ignore: 0, normal: 1, severe: 2, critical: 3 } as const

/** In lpDependencies: the name of a group follows. */
export const SC_GROUP_IDENTIFIER = '+'

/** SC_ACTION.Type. */
export const SCM_ACTIONS = { none: 0, restart: 1, reboot: 2, 'run-command': 3 } as const
export type ScmActionType = keyof typeof SCM_ACTIONS

/** SERVICE_STATUS.dwServiceType: a process of its own. */
export const SERVICE_WIN32_OWN_PROCESS = 0x10

/** Bits of SERVICE_STATUS.dwControlsAccepted. */
export const SCM_ACCEPTS = {
  stop: 0x1,
  pauseContinue: 0x2,
  shutdown: 0x4,
  paramChange: 0x8,
  powerEvent: 0x40,
  sessionChange: 0x80,
  preshutdown: 0x100,
  timeChange: 0x200,
} as const

/**
 * Codes of controls; a service's own are 128 to 255. `shutdown`, `preshutdown` and what is told of the
 * machine (power, sessions, time) come from the SCM alone, ControlService refuses them.
 */
export const SCM_CONTROLS = {
  stop: 1,
  pause: 2,
  resume: 3,
  interrogate: 4,
  shutdown: 5,
  paramChange: 6,
  powerEvent: 13,
  sessionChange: 14,
  preshutdown: 15,
  timeChange: 16,
} as const

/** dwResetPeriod of failure actions: the count of failures is never reset. */
export const INFINITE = 0xffffffff

/**
 * The word for a raw value.
 *
 * @throws MANAGER_FAILED for a value that the table does not have, with the value
 */
export function fromRaw<K extends string>(
  table: Readonly<Record<K, number>>,
  raw: number,
  what: string,
): K {
  for (const word of Object.keys(table) as K[]) if (table[word] === raw) return word
  throw new SteadError('MANAGER_FAILED', {
    manager: 'the Windows Service Control Manager',
    action: `be understood`,
    detail: `${what} has the unknown value ${raw}`,
  })
}

/** A code for {@link SCM_CONTROLS} of the service's own. @throws USAGE outside of 128 to 255 */
export function customControl(code: number): number {
  if (Number.isInteger(code) && code >= 128 && code <= 255) return code
  throw new SteadError('USAGE', {
    problem: `${code} is not a control of a service's own: use 128 to 255`,
  })
}
