import type { LogLine } from '../model/log-entry.ts'
import { parseLogLine } from '../model/log-line.ts'
import type { LogFiles } from '../model/ports/log-files.ts'
import type { LogQuery } from './service-manager.ts'

const DEFAULT_LINES = 10

/** A service's log out of a file that the service, or its manager, writes: `model/log-line.ts`. */
export async function* readLogFile(
  files: LogFiles,
  path: string,
  service: string,
  query: LogQuery,
): AsyncGenerator<LogLine> {
  const { since, follow = false, signal } = query
  const lines = files.tail(path, {
    last: query.lines ?? (since === undefined ? DEFAULT_LINES : null),
    follow,
    ...(since === undefined ? {} : { keep: newerThan(service, since) }),
    ...(signal === undefined ? {} : { signal }),
  })
  for await (const line of lines) yield parseLogLine(service, line)
}

/** A line without a time of its own belongs to the one before it. */
function newerThan(service: string, since: Date): (line: string) => boolean {
  let keeping = false
  return (line) => {
    const { at } = parseLogLine(service, line)
    if (at !== null) keeping = at >= since
    return keeping
  }
}
