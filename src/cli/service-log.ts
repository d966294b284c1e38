import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { readLogFile } from '../managers/log-file.ts'
import type { LogQuery, ServiceManager } from '../managers/service-manager.ts'
import type { Home } from '../model/home.ts'
import type { LogLine } from '../model/log-entry.ts'
import { interleaveLines, mergeLines } from '../output/merge-lines.ts'
import { systemClock } from '../platform/clock.ts'
import { logFiles } from '../platform/log-files.ts'
import { placesOf, recordPath } from './compose-guard-home.ts'

const DEFAULT_LINES = 10

/**
 * The log of a service that no guard keeps at the moment: what its manager has, and in the order of
 * time with it what its program has written under a guard that has ended.
 */
export async function* serviceLog(
  {
    manager,
    guardHome: home,
  }: { readonly manager: Pick<ServiceManager, 'logs'>; readonly guardHome: Home },
  name: string,
  query: LogQuery,
): AsyncGenerator<LogLine> {
  const file = join(placesOf(home, name, recordPath(home, name)).logs, `${name}.log`)
  // Also where the caller may not look: then it is the manager's log alone. One that is followed may
  // come: the guard that writes it is started while somebody waits.
  const mayCome = query.follow === true && canLookInto(home.logs)
  if (!existsSync(file) && !mayCome) return yield* manager.logs(name, query)
  const logs = [manager.logs(name, query), readLogFile(logFiles(systemClock()), file, name, query)]
  if (query.follow === true) return yield* interleaveLines(logs)
  if (query.since !== undefined && query.lines === undefined) return yield* mergeLines(logs)
  const lines: LogLine[] = []
  for await (const line of mergeLines(logs)) lines.push(line)
  const last = query.lines ?? DEFAULT_LINES
  yield* last === 0 ? [] : lines.slice(-last)
}

function canLookInto(directory: string): boolean {
  try {
    accessSync(directory, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}
