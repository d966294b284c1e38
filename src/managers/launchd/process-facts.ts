import type { Clock } from '../../model/ports/clock.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'

export const PS = '/bin/ps'

export interface ProcessFacts {
  readonly startedAt: Date
  /** Resident bytes. */
  readonly memory: number
}

/**
 * Asks ps(1) for the age of a process, `[[dd-]hh:]mm:ss`, and its resident KiB, both of which POSIX
 * defines. Null where there is no such process.
 */
export async function processFacts(
  runner: CommandRunner,
  clock: Clock,
  pid: number,
): Promise<ProcessFacts | null> {
  const { exit, stdout } = await runner.run(PS, ['-o', 'etime=,rss=', '-p', String(pid)])
  if (exit.kind !== 'code' || exit.code !== 0) return null
  const match = /^\s*(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)\s+(\d+)\s*$/.exec(stdout)
  if (match === null) return null
  const [days, hours, minutes, seconds, kib] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const age = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
  return { startedAt: new Date(clock.wall().getTime() - age * 1_000), memory: kib * 1_024 }
}
