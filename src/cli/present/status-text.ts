import { describeExit } from '../../model/exit.ts'
import type { Phase, ServiceStatus } from '../../model/service-status.ts'
import { formatSize } from '../../model/size.ts'
import { ageText } from './age-text.ts'

const COLOURS: Readonly<Record<Phase, number>> = {
  'not-installed': 2,
  stopped: 2,
  waiting: 33,
  starting: 33,
  running: 32,
  reloading: 33,
  pausing: 33,
  paused: 36,
  resuming: 33,
  stopping: 33,
  backoff: 31,
  fatal: 31,
}

/** What is known of a service, a fact a line; what the manager does not tell is left out. */
export function statusText(status: ServiceStatus, now: Date, colour: boolean): string {
  const { name, displayName, phase, statusText: words, why } = status
  const title = displayName === null || displayName === name ? name : `${name} (${displayName})`
  const facts: [string, string | null][] = [
    ['phase', `${paint(phase, colour)}${why === null ? '' : `: ${why}`}`],
    ['want', status.want],
    ['ready', status.ready === null ? null : status.ready ? 'yes' : 'no'],
    ['status', words],
    ['pid', status.pid === null ? null : String(status.pid)],
    ['uptime', uptime(status, now)],
    ['memory', status.memory === null ? null : formatSize(status.memory)],
    ['restarts', status.restarts === null ? null : String(status.restarts)],
    ['last exit', lastExit(status, now)],
    ['start', status.startType],
    ['account', status.account ?? null],
    [
      'manager',
      `${status.manager}, ${status.scope}${status.ours || phase === 'not-installed' ? '' : ', not installed by this stead'}`,
    ],
  ]
  const rows = facts
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `  ${`${key}:`.padEnd(11)}${value}`)
  return [title, ...rows].join('\n')
}

/** Services as a table that fits 80 columns. */
export function listText(services: readonly ServiceStatus[], now: Date, colour: boolean): string {
  const accounts = services.some(({ account }) => account != null)
  const width = Math.max(4, ...services.map(({ name }) => name.length)) + 2
  const head = `${'NAME'.padEnd(width)}${'PHASE'.padEnd(15)}${'PID'.padEnd(9)}${'UPTIME'.padEnd(11)}${'MEMORY'.padEnd(9)}${accounts ? `${'START'.padEnd(10)}ACCOUNT` : 'START'}`
  const rows = services.map((one) => {
    const phase = paint(one.phase, colour) + ' '.repeat(Math.max(1, 15 - one.phase.length))
    const type = one.startType ?? '-'
    const start = accounts ? `${type.padEnd(10)}${shortAccount(one.account)}` : type
    const memory = one.memory === null ? '-' : formatSize(one.memory)
    return `${one.name.padEnd(width)}${phase}${String(one.pid ?? '-').padEnd(9)}${(uptime(one, now) ?? '-').padEnd(11)}${memory.padEnd(9)}${start}`
  })
  return [head, ...rows].join('\n')
}

/** Without the authority that all of Windows' own accounts have. */
function shortAccount(account: string | null | undefined): string {
  return account?.replace(/^NT AUTHORITY\\/i, '') ?? '-'
}

function uptime({ pid, startedAt }: ServiceStatus, now: Date): string | null {
  return pid === null || startedAt === null ? null : ageText(startedAt, now)
}

function lastExit({ lastExit: last }: ServiceStatus, now: Date): string | null {
  if (last === null) return null
  const when = last.at === null ? '' : `, ${last.at.toISOString()} (${ageText(last.at, now)} ago)`
  return `${describeExit(last.exit)}${when}`
}

function paint(phase: Phase, colour: boolean): string {
  return colour ? `\u001b[${COLOURS[phase]}m${phase}\u001b[0m` : phase
}
