import type { Exit } from '../exit.ts'
import type { InstanceStatus } from '../guard-status.ts'
import type { GuardVerb } from './guard-api.ts'

/** A guard that was started, and has not ended yet as far as is known. */
export interface LaunchedGuard {
  /** Resolves with the exit code of its process; null where it could not be started, or has none. */
  readonly ended: Promise<number | null>
}

/** How the last guard of a service ended; there is nobody else who would keep it. */
export interface GuardEnd {
  /** When, in ISO 8601; of a guard that has not said how it ended, when it began. */
  readonly at: string
  /** As it is told to a manager; null where the guard ended without a word, as one that is killed. */
  readonly exit: Exit | null
  /** Why it failed; null for an end that was wanted. */
  readonly failure: string | null
}

/**
 * Guards of single services that the user keeps, `stead run NAME`: found by their address, started
 * apart from the command that starts them.
 */
export interface LogonGuards {
  /** What a guard tells of its program; null where none runs. @throws RIGHTS, GUARD_UNREACHABLE */
  status(name: string): Promise<InstanceStatus | null>
  /** Null where none has run. */
  lastEnd(name: string): GuardEnd | null
  /** Starts it now: on its own, without a window. */
  launch(name: string): LaunchedGuard
  /** Has the program asked; false where no guard runs. @throws what the guard answers */
  act(name: string, verb: GuardVerb): Promise<boolean>
  /**
   * Ends the program and then the guard.
   *
   * @param patience milliseconds that both may take
   * @returns whether no guard is left
   */
  stop(name: string, patience: number): Promise<boolean>
}
