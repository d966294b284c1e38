import type { ControlAnswer } from '../model/ports/control-transport.ts'
import type { LogFiles, TailOptions } from '../model/ports/log-files.ts'
import { EVENT_TYPE, TEXT_TYPE } from './answers.ts'
import { accepts } from './event-answer.ts'
import { asked, count, invalid, type QueryField } from './fields.ts'
import type { Call } from './route.ts'
import { encodeSentEvent } from './server-sent-events.ts'

const DEFAULT_LINES = 100
const MAX_LINES = 10_000
const LINES = count('lines', DEFAULT_LINES, MAX_LINES)
const FOLLOW = asked('follow')
const SINCE: QueryField<string | null> = {
  name: 'since',
  schema: { type: 'string', format: 'date-time' },
  read: (query) => query.get('since'),
}
export const LOG_QUERY = [LINES, SINCE, FOLLOW] as const
/** What plain text says where lines are missing. */
export const GAP_LINE = '(lines may be missing here: the log was rotated faster than it was read)'
/** The time that lines of ours begin with, or have as JSON. */
const TIME = /^(?:\{"time":")?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)/

/**
 * The newest lines of a log, and with `follow` those that come. Lines are read as fast as the client
 * takes them: a slow one makes nobody wait and fills no memory.
 */
export function logAnswer({ api, logs, request, query, id }: Call): ControlAnswer {
  const path = api.logFile(id)
  const since = SINCE.read(query)
  const options: TailOptions = {
    last: query.has('lines') || since === null ? LINES.read(query) : MAX_LINES,
    follow: FOLLOW.read(query),
    signal: request.gone(),
    ...(since === null ? {} : { keep: newerThan(since) }),
  }
  const parts = path === null ? nothing() : null
  return accepts(request.headers, 'text/event-stream')
    ? { status: 200, type: EVENT_TYPE, parts: parts ?? sent(logs, path as string, options) }
    : { status: 200, type: TEXT_TYPE, parts: parts ?? plain(logs, path as string, options) }
}

async function* nothing(): AsyncGenerator<string> {}

async function* plain(logs: LogFiles, path: string, options: TailOptions): AsyncGenerator<string> {
  for await (const line of linesAndGaps(logs, path, options)) yield `${line ?? GAP_LINE}\n`
}

async function* sent(logs: LogFiles, path: string, options: TailOptions): AsyncGenerator<string> {
  for await (const line of linesAndGaps(logs, path, options)) {
    yield line === null
      ? encodeSentEvent({ event: 'gap', data: '{}' })
      : encodeSentEvent({ event: 'line', data: JSON.stringify({ line }) })
  }
}

/** null stands for lines that are missing. */
async function* linesAndGaps(
  logs: LogFiles,
  path: string,
  options: TailOptions,
): AsyncGenerator<string | null> {
  let missing = false
  const missed = (): void => {
    missing = true
  }
  for await (const line of logs.tail(path, { ...options, missed })) {
    if (missing) yield null
    missing = false
    yield line
  }
}

/** A line without a time of its own belongs to the one before it; a log without times is told whole. */
function newerThan(since: string): (line: string) => boolean {
  const begin = new Date(since).getTime()
  if (Number.isNaN(begin)) throw invalid('since must be a time such as 2026-01-31T12:00:00Z')
  let keeping = true
  return (line) => {
    const time = TIME.exec(line)
    if (time !== null) keeping = new Date(time[1] as string).getTime() >= begin
    return keeping
  }
}
