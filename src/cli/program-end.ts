import { FAILED_FOR_GOOD } from '../managers/guard-unit.ts'
import { type Exit, succeeded } from '../model/exit.ts'
import type { InstanceStatus } from '../model/guard-status.ts'
import type { HostKind } from '../model/ports/host.ts'

/** Ends after which the program is not started again by itself. */
export const OVER: ReadonlySet<string> = new Set(['exited', 'fatal', 'lost'])

const WELL: Exit = { kind: 'code', code: 0 }
const FOR_GOOD: Exit = { kind: 'code', code: FAILED_FOR_GOOD }

/** What a guard ends with, and why. */
export interface ProgramEnd {
  readonly exit: Exit
  /** Null for an end that was wanted, or was none. */
  readonly failure: string | null
}

/**
 * How the end of a program is told to the manager of its guard. Windows keeps the code of a service,
 * so there it is the program's own, or why it could not be started, and where there is no manager as
 * well; elsewhere it is the one code after which a manager does not start the guard again.
 *
 * @param last the program as it was when nobody had asked for its end yet
 */
export function programEnd(last: InstanceStatus | null, host: HostKind): ProgramEnd {
  if (last === null || !OVER.has(last.phase)) return { exit: WELL, failure: null }
  const exit = last.lastExit?.exit ?? null
  if (last.phase === 'exited' && exit !== null && succeeded(exit)) {
    return { exit: WELL, failure: null }
  }
  const told =
    (host === 'scm' || host === 'logon') && exit !== null && isTelling(exit) ? exit : FOR_GOOD
  return { exit: told, failure: last.why }
}

/** A success that was none, such as one that came too soon, and a signal tell a manager nothing. */
function isTelling(exit: Exit): boolean {
  return (exit.kind === 'code' && exit.code !== 0) || exit.kind === 'spawn-error'
}
