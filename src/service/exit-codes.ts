import { isSteadError, type SteadError } from '../errors.ts'

/**
 * Exit codes of a service that fails, chosen to be told apart: 124 and 125 as timeout(1) has them,
 * 70 is EX_SOFTWARE of sysexits(3), 130 is what a shell gives for Ctrl-C (128 + SIGINT).
 */
export const EXIT = {
  /** It threw or rejected, and the error has no `exitCode` of its own. */
  failed: 1,
  /** Its configuration is wrong: as systemctl(1) and the init scripts of LSB have it. */
  misconfigured: 6,
  /** `process.exit(0)` while nobody had asked it to stop. */
  unexpected: 70,
  /** No heartbeat within `watchdog`, where stead watches itself. */
  silent: 122,
  /** `start`, `pause`, `resume` or `reload` did not settle in time. */
  timedOut: 124,
  /** The stop did not end in time. */
  stopTimedOut: 125,
  /** A second Ctrl-C. */
  forced: 130,
} as const

const MISCONFIGURED = ['CONFIG_INVALID', 'REMOTE_UNAVAILABLE', 'SIGNATURE_REFUSED'] as const

/** A failure that ends the service: its exit code, and the reason in one line. */
export interface Failure {
  readonly code: number
  readonly reason: string
}

/** The exit code for an error: its own `exitCode` where that is a whole number from 1 to 255, else 1. */
export function exitCodeOf(error: unknown): number {
  if (MISCONFIGURED.some((code) => isSteadError(error, code))) return EXIT.misconfigured
  const own = (error as { exitCode?: unknown } | null | undefined)?.exitCode
  return typeof own === 'number' && Number.isInteger(own) && own >= 1 && own <= 255
    ? own
    : EXIT.failed
}

/** The error of something that did not settle in time, with its exit code. */
export function timedOut(error: SteadError): Error {
  return Object.assign(error, { exitCode: EXIT.timedOut })
}
