import type { InstanceStatus } from '../../model/guard-status.ts'
import type { NamedProcess } from './process-names.ts'
import { PROCESS_STATES, STATE_OF_PHASE } from './process-states.ts'
import type { RpcResult } from './rpc-value.ts'

/**
 * What `getProcessInfo` says. There is one log of both streams, so `stderr_logfile` is empty, as with
 * supervisor's `redirect_stderr`.
 *
 * @param now wall time
 */
export function processInfo(
  { group, name, status }: NamedProcess,
  logFile: string | null,
  now: Date,
): Readonly<Record<string, RpcResult>> {
  const statename = STATE_OF_PHASE[status.phase]
  const file = logFile ?? ''
  return {
    name,
    group,
    description: descriptionOf(status, now),
    start: seconds(status.startedAt ?? status.lastExit?.startedAt ?? null),
    stop: seconds(status.lastExit?.at ?? null),
    now: Math.floor(now.getTime() / 1_000),
    state: PROCESS_STATES[statename],
    statename,
    spawnerr: statename === 'FATAL' || statename === 'BACKOFF' ? status.why : '',
    exitstatus: exitStatusOf(status),
    logfile: file,
    stdout_logfile: file,
    stderr_logfile: '',
    pid: status.pid ?? 0,
  }
}

/** The last column of `supervisorctl status`: in its words where it has any, else in ours. */
function descriptionOf(
  { phase, why, pid, startedAt, lastExit }: InstanceStatus,
  now: Date,
): string {
  const state = STATE_OF_PHASE[phase]
  if (state === 'RUNNING') {
    const uptime = uptimeText(now.getTime() - new Date(startedAt ?? now).getTime())
    return `pid ${pid ?? 0}, uptime ${uptime}${phase === 'paused' ? ' (paused)' : ''}`
  }
  if (state === 'STOPPED' || state === 'EXITED') {
    return lastExit === null ? 'Not started' : dayText(new Date(lastExit.at))
  }
  return phase === 'starting' || phase === 'stopping' ? '' : why
}

/** Milliseconds as Python writes a timedelta: `0:00:05`, `1 day, 2:03:04`. */
export function uptimeText(milliseconds: number): string {
  const all = Math.max(0, Math.floor(milliseconds / 1_000))
  const days = Math.floor(all / 86_400)
  const two = (number: number): string => String(number).padStart(2, '0')
  const clock = `${Math.floor(all / 3_600) % 24}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Local time as `Nov 21 01:05 PM`. */
export function dayText(at: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const hour = at.getHours()
  const half = `${two(hour % 12 === 0 ? 12 : hour % 12)}:${two(at.getMinutes())}`
  return `${MONTHS[at.getMonth()]} ${two(at.getDate())} ${half} ${hour < 12 ? 'AM' : 'PM'}`
}

/** -1 for whatever was no exit code, as supervisor has it for signals. */
function exitStatusOf({ lastExit }: InstanceStatus): number {
  if (lastExit === null) return 0
  return lastExit.exit.kind === 'code' ? lastExit.exit.code : -1
}

function seconds(time: string | null): number {
  return time === null ? 0 : Math.floor(new Date(time).getTime() / 1_000)
}
