import type { LogLine } from '../../model/log-entry.ts'
import { parseLogLine } from '../../model/log-line.ts'
import { interleaveLines, mergeLines } from '../../output/merge-lines.ts'
import type { Connected } from '../guard-access.ts'
import type { Output } from '../output.ts'

export interface GuardLogQuery {
  readonly lines?: number
  readonly since?: Date
  readonly follow: boolean
}

/** Cyan, yellow, green, magenta, blue and their bright sisters: red is for what went wrong. */
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]
/** Newest lines to begin with, of each service. */
const DEFAULT_LINES = 10

/** Lines of one or more services, each with its name where there are several, in the order of time. */
export async function guardLogs(
  placed: readonly { readonly guard: Connected; readonly names: readonly string[] }[],
  query: GuardLogQuery,
  output: Output,
): Promise<number> {
  const abort = new AbortController()
  const end = (): void => {
    abort.abort()
  }
  process.once('SIGINT', end).once('SIGTERM', end)
  process.stdout.once('error', end)
  try {
    const found = await Promise.all(
      placed.map(async ({ guard, names }) => {
        const { services } = await guard.client.status({ names })
        return services.map(({ id }) => ({ id, guard }))
      }),
    )
    const sources = found.flat()
    const limit = query.since === undefined ? { lines: query.lines ?? DEFAULT_LINES } : {}
    const logs = sources.map(({ id, guard }) =>
      linesOf(guard, id, { ...limit, ...query, signal: abort.signal }),
    )
    const width = Math.max(...sources.map(({ id }) => id.length))
    const painted = new Map(
      sources.map(({ id }, at) => [id, prefix(id, at, width, sources.length, output.colour)]),
    )
    for await (const line of query.follow ? interleaveLines(logs) : mergeLines(logs)) {
      if (output.json) output.line(JSON.stringify(line))
      else output.answer(`${painted.get(line.service) ?? ''}${textOf(line)}`)
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
  return 0
}

async function* linesOf(
  { client }: Connected,
  id: string,
  query: NonNullable<Parameters<Connected['client']['logs']>[1]>,
): AsyncGenerator<LogLine> {
  for await (const piece of client.logs(id, query)) {
    if ('line' in piece) yield { ...parseLogLine(id, piece.line), service: id }
    else
      yield { at: null, service: id, severity: null, pid: null, text: '(lines are missing here)' }
  }
}

function prefix(id: string, at: number, width: number, count: number, colour: boolean): string {
  if (count === 1) return ''
  const name = `${id.padEnd(width)} | `
  return colour ? `\u001b[${COLOURS[at % COLOURS.length]}m${name}\u001b[0m` : name
}

function textOf({ at, text }: LogLine): string {
  return at === null ? text : `${at.toISOString()} ${text}`
}
