/** What the Windows SCM tells services of the machine that they run on. Other managers tell none of it. */

/**
 * A session of a user changed (WM_WTSSESSION_CHANGE):
 *
 * - `console-connect`, `console-disconnect`: it got, or lost, the screen and keyboard of the machine
 * - `remote-connect`, `remote-disconnect`: the same for a remote terminal
 * - `logon`, `logoff`, `lock`, `unlock`: what its user did
 * - `remote-control`: whether it is controlled from afar has changed
 * - `create`, `terminate`: reserved by Windows, and passed on
 */
export interface SessionEvent {
  readonly change: SessionChange
  /** The number of the session, as `query session` shows it. */
  readonly session: number
}

/** wParam of WM_WTSSESSION_CHANGE (<winuser.h>): WTS_CONSOLE_CONNECT … WTS_SESSION_TERMINATE. */
export const SESSION_CHANGES = {
  'console-connect': 1,
  'console-disconnect': 2,
  'remote-connect': 3,
  'remote-disconnect': 4,
  logon: 5,
  logoff: 6,
  lock: 7,
  unlock: 8,
  'remote-control': 9,
  create: 10,
  terminate: 11,
} as const
export type SessionChange = keyof typeof SESSION_CHANGES

/**
 * The machine's power (WM_POWERBROADCAST):
 *
 * - `suspend`: it is about to sleep, in about two seconds, and waits for nobody
 * - `resume`: it is awake again, whatever woke it; this comes after every sleep
 * - `resume-user`: and somebody is there; comes after `resume`
 * - `status`: mains, battery or its charge changed
 */
export type PowerEvent =
  | { readonly change: 'suspend' | 'resume' | 'resume-user' }
  | {
      readonly change: 'status'
      /** False on mains; null where it is not known. */
      readonly onBattery: boolean | null
      /** The charge of the battery in percent; null where there is none or it is not known. */
      readonly battery: number | null
    }

/** wParam of WM_POWERBROADCAST (<winuser.h>), PBT_APM… in the order of the type. */
export const POWER_CHANGES = {
  suspend: 0x4,
  'resume-user': 0x7,
  status: 0xa,
  resume: 0x12,
} as const

/** The system's clock was set. */
export interface TimeChangeEvent {
  readonly from: Date
  readonly to: Date
}
