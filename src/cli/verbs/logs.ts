import { SteadError } from '../../errors.ts'
import { parseDuration } from '../../model/duration.ts'
import type { LogLine } from '../../model/log-entry.ts'
import { serviceName } from '../../model/service-name.ts'
import { type CommonOptions, runVerb, workshopFor } from '../context.ts'
import { elsewhereError, placeNames, withGuards } from '../guard-access.ts'
import type { Output } from '../output.ts'

export interface LogsOptions extends CommonOptions {
  readonly lines?: string
  readonly since?: string
  readonly follow?: boolean
}

/** `logs NAME… [-f] [-n N] [--since T]`: of services of guards, or of one of the manager. */
export function logs(names: readonly string[], options: LogsOptions): Promise<number> {
  return runVerb(options, (output) =>
    withGuards(options, async (guards) => {
      const { guards: placed, elsewhere } = await placeNames(names, guards)
      const [first] = elsewhere
      if (first === undefined) {
        const { guardLogs } = await import('./guard-logs.ts')
        return guardLogs(placed, queryOf(options), output)
      }
      if (names.length > 1) {
        const problem = `${first} is not a service of a running guard; the manager shows one log at a time`
        throw new SteadError('USAGE', { problem, verb: 'logs' })
      }
      try {
        return await managerLogs(first, options, output)
      } catch (error) {
        throw await elsewhereError(error, first, guards)
      }
    }),
  )
}

/** What the flags ask for. @throws USAGE */
function queryOf({ since, lines, follow = false }: LogsOptions) {
  return {
    ...(lines === undefined ? {} : { lines: linesOf(lines) }),
    ...(since === undefined ? {} : { since: timeOf(since) }),
    follow,
  }
}

async function managerLogs(name: string, options: LogsOptions, output: Output): Promise<number> {
  serviceName(name)
  const workshop = await workshopFor(options)
  const { serviceLog } = await import('../service-log.ts')
  const abort = new AbortController()
  const end = (): void => abort.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  // A reader such as head(1) that has had enough is no error.
  process.stdout.once('error', end)
  const query = { ...queryOf(options), signal: abort.signal }
  try {
    for await (const line of serviceLog(workshop, name, query)) {
      output.answer(output.json ? JSON.stringify(line) : describe(line))
    }
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
  return 0
}

function describe({ at, text }: LogLine): string {
  return at === null ? text : `${at.toISOString()} ${text}`
}

function linesOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new SteadError('USAGE', {
    problem: `-n is a number of lines, not ${JSON.stringify(text)}`,
    verb: 'logs',
  })
}

/** A time of day as ISO 8601 has it, or how long ago: `10m`. */
function timeOf(text: string): Date {
  const ago = parseDuration(text)
  if (ago !== null) return new Date(Date.now() - ago)
  const time = new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new SteadError('USAGE', {
    problem: `--since is a time such as 2026-01-31T12:00 or how long ago such as 10m, not ${JSON.stringify(text)}`,
    verb: 'logs',
  })
}
