import { constants } from 'node:os'
import type { ProcessIdentity } from '../../../model/ports/spawner.ts'
import { bootIdentity, processEntry } from './proc-table.ts'

/** What pidfd_open(2) and pidfd_send_signal(2) do; null where they are missing. */
export interface PidDescriptors {
  /** Minus errno where it fails. */
  open(pid: number): number
  signal(pidfd: number, signal: number): boolean
  close(pidfd: number): void
}

/** 0 for a name that no signal has. */
export function signalNumber(name: string): number {
  return constants.signals[name as NodeJS.Signals] ?? 0
}

const NAMES = new Map(
  // SIGIOT and SIGPOLL are second names; the usual one stands first in none of them.
  Object.entries(constants.signals)
    .filter(([name]) => !['SIGIOT', 'SIGPOLL', 'SIGUNUSED', 'SIGCLD'].includes(name))
    .map(([name, number]) => [number, name]),
)

/** `SIGKILL` for 9; real-time signals have their number. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `SIG${number}`
}

/** Signals a pid or, negative, a group; false where there is none. Signal 0 only asks. */
export function kill(pid: number, signal: number): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return signal === 0 && (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Signals one process if it is still that one. The descriptor is taken before the birth is compared,
 * and it stays with the process: nobody who gets the pid later can be hit.
 *
 * @returns whether it was signalled
 */
export function signalIdentity(
  identity: ProcessIdentity,
  signal: number,
  descriptors: PidDescriptors | null,
): boolean {
  if (signal <= 0 || identity.boot !== bootIdentity()) return false
  const pidfd = descriptors?.open(identity.pid) ?? -1
  const isIt = (): boolean => {
    const entry = processEntry(identity.pid)
    return entry !== null && !entry.zombie && entry.birth === identity.birth
  }
  if (pidfd < 0) return isIt() && kill(identity.pid, signal)
  try {
    return isIt() && descriptors?.signal(pidfd, signal) === true
  } finally {
    descriptors?.close(pidfd)
  }
}
