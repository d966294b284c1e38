import { SteadError } from '../../errors.ts'
import type { LogLine, Severity } from '../../model/log-entry.ts'
import type { ServiceStatus } from '../../model/service-status.ts'
import type { LogQuery } from '../service-manager.ts'
import type { Context } from './context.ts'
import { signalName } from './exit-status.ts'
import { succeeded, words } from './systemctl.ts'

/** "Unit process exited" in systemd's message catalog, sd-messages.h: SD_MESSAGE_UNIT_PROCESS_EXIT. */
const PROCESS_EXIT = '98e322203f7a4ed290d09fe03c09fe15'

const DEFAULT_LINES = 10

/** Lines of a service's journal: what it printed, and what systemd said of it. */
export async function* readJournal(
  context: Context,
  name: string,
  query: LogQuery,
): AsyncGenerator<LogLine> {
  await requireReadable(context, name)
  const since =
    query.since === undefined ? [] : [`--since=@${(query.since.getTime() / 1000).toFixed(3)}`]
  const wanted = query.lines ?? (query.since === undefined ? DEFAULT_LINES : null)
  // The newest line is read in any case: a follower goes on behind it.
  const lines = wanted === null ? [] : [`--lines=${query.follow ? Math.max(1, wanted) : wanted}`]
  const signal = query.signal === undefined ? {} : { signal: query.signal }
  const read = (...args: string[]): AsyncIterable<string> =>
    context.runner.lines(
      'journalctl',
      [...unitArguments(context, name), '--output=json', ...args],
      signal,
    )

  let cursor: string | null = null
  for await (const line of read(...since, ...lines)) {
    const entry = parseEntry(name, line)
    cursor = cursorOf(line) ?? cursor
    if (entry !== null && wanted !== 0) yield entry
  }
  if (!query.follow || query.signal?.aborted) return
  // Not `--lines` with `--follow`: journalctl 252 then never shows anything of a unit that has said nothing yet.
  const from = cursor === null ? since : [`--after-cursor=${cursor}`]
  for await (const line of read(...from, '--no-tail', '--follow')) {
    const entry = parseEntry(name, line)
    if (entry !== null) yield entry
  }
}

/** The place of an entry in the journal, journalctl(1) "--after-cursor". */
function cursorOf(line: string): string | null {
  try {
    const { __CURSOR: cursor } = JSON.parse(line) as { __CURSOR?: unknown }
    return typeof cursor === 'string' ? cursor : null
  } catch {
    return null
  }
}

/** One line of `journalctl -o json`; null for what is none. */
export function parseEntry(service: string, line: string): LogLine | null {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
  const text = textOf(entry.MESSAGE)
  if (text === null) return null
  const severity = Number(entry.PRIORITY ?? Number.NaN)
  const pid = Number(entry._PID ?? Number.NaN)
  return {
    at: dateOf(entry),
    service,
    severity: severity >= 0 && severity <= 7 ? (severity as Severity) : null,
    pid: Number.isInteger(pid) ? pid : null,
    text,
  }
}

/**
 * How the main process last ended, out of the journal: systemd forgets it when it starts the next one.
 * Null where the journal holds nothing of it, or the caller may not read it.
 */
export async function lastExitInJournal(
  { ctl, ...context }: Context,
  name: string,
): Promise<ServiceStatus['lastExit']> {
  const key = context.scope === 'system' ? 'UNIT' : 'USER_UNIT'
  const fields = [`${key}=${name}.service`, `MESSAGE_ID=${PROCESS_EXIT}`, 'COMMAND=ExecStart']
  const args = ['--quiet', '--no-pager', '--lines=1', '--output=json', ...fields]
  const { stdout } = await ctl.other('journalctl', args)
  return exitOfEntry(stdout.trim().split('\n').at(-1) ?? '')
}

/** The exit that a "process exited" message tells by its fields EXIT_CODE and EXIT_STATUS. */
export function exitOfEntry(line: string): ServiceStatus['lastExit'] {
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
  const status = Number(entry.EXIT_STATUS)
  if (!Number.isInteger(status)) return null
  const at = dateOf(entry)
  switch (entry.EXIT_CODE) {
    case 'exited':
      return { exit: { kind: 'code', code: status }, at }
    case 'killed':
      return { exit: { kind: 'signal', signal: signalName(status) }, at }
    case 'dumped':
      return { exit: { kind: 'signal', signal: signalName(status), coreDumped: true }, at }
    default:
      return null
  }
}

/** Throws RIGHTS where the caller may not read the journal: journalctl(1) then ends with a failure. */
async function requireReadable(context: Context, name: string): Promise<void> {
  const args = [...unitArguments(context, name), '--lines=0']
  const result = await context.ctl.other('journalctl', args)
  if (succeeded(result)) return
  if (result.exit.kind === 'spawn-error') {
    throw new SteadError('MANAGER_UNAVAILABLE', {
      manager: 'journald',
      reason: `journalctl cannot be run (${result.exit.errno})`,
      remedy: 'install the package that holds journalctl, usually "systemd"',
    })
  }
  if (context.accounts.isPrivileged()) {
    throw new SteadError('MANAGER_FAILED', {
      manager: 'journald',
      action: `read the log of ${name}`,
      detail: words(result),
    })
  }
  throw new SteadError('RIGHTS', {
    action: `read the log of ${name}`,
    right: 'membership of the group systemd-journal, or root',
    remedy: 'run the same command with sudo',
  })
}

function unitArguments({ scope }: Context, name: string): string[] {
  const unit = `${name}.service`
  return ['--quiet', '--no-pager', scope === 'system' ? `--unit=${unit}` : `--user-unit=${unit}`]
}

/** MESSAGE is a string, an array of bytes where it is not UTF-8, or null where it is too long to show. */
function textOf(message: unknown): string | null {
  if (typeof message === 'string') return message
  if (!Array.isArray(message)) return message === null ? '(too long to show)' : null
  return new TextDecoder().decode(Uint8Array.from(message as number[]))
}

function dateOf(entry: Record<string, unknown>): Date | null {
  const microseconds = Number(entry.__REALTIME_TIMESTAMP)
  return Number.isFinite(microseconds) ? new Date(microseconds / 1000) : null
}
