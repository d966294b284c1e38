import type { CgroupFact } from '../../model/cgroup-fact.ts'
import type { OutletFact } from '../../model/event-outlet.ts'
import { describeExit } from '../../model/exit.ts'
import type {
  ExitRecord,
  InstanceDetail,
  InstanceStatus,
  ProgramPhase,
} from '../../model/guard-status.ts'
import type { SinkFact } from '../../model/log-sink.ts'
import type { RemoteFact } from '../../model/remote-spec.ts'
import { ageText } from './age-text.ts'

const COLOURS: Readonly<Partial<Record<ProgramPhase, number>>> = {
  running: 32,
  starting: 33,
  waiting: 33,
  stopping: 33,
  backoff: 33,
  paused: 33,
  fatal: 31,
  lost: 31,
}

/** The services of a guard as a table for people. */
export function guardTable(
  services: readonly InstanceStatus[],
  now: Date,
  colour: boolean,
): string {
  if (services.length === 0) return 'no services'
  const rows = services.map((one) => [
    one.id,
    phaseOf(one),
    readinessOf(one),
    one.pid === null ? '-' : String(one.pid),
    one.startedAt === null ? '-' : ageText(new Date(one.startedAt), now),
    String(one.restarts),
    noteOf(one, now),
  ])
  const head = ['SERVICE', 'PHASE', 'READY', 'PID', 'UP', 'RESTARTS', 'WHY']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[], phase: ProgramPhase | null): string =>
    row
      .map((cell, column) => {
        const padded = column === row.length - 1 ? cell : cell.padEnd(widths[column] as number)
        return column === 1 && phase !== null ? painted(padded, phase, colour) : padded
      })
      .join('  ')
      .trimEnd()
  return [line(head, null), ...rows.map((row, at) => line(row, services[at]?.phase ?? null))].join(
    '\n',
  )
}

function phaseOf({ phase, reloading, removing }: InstanceStatus): string {
  if (removing === true) return `${phase} (removed)`
  return reloading === true ? 'reloading' : phase
}

function readinessOf({ phase, ready, health }: InstanceStatus): string {
  if (phase !== 'running') return '-'
  if (health !== 'unknown') return health
  return ready ? 'yes' : 'no'
}

/** What is worth a reader's time: nothing of a service that runs well. */
function noteOf({ phase, reloading, why, next }: InstanceStatus, now: Date): string {
  if (phase === 'running') return reloading === true ? why : ''
  if (next === null) return why
  const wait = Math.max(0, Date.parse(next.at) - now.getTime()) / 1000
  return `${why}; ${next.what} in ${wait < 10 ? wait.toFixed(1) : Math.round(wait)} s`
}

function painted(text: string, phase: ProgramPhase, colour: boolean): string {
  const code = COLOURS[phase]
  return colour && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text
}

/** A line of the history of an instance. */
export function exitText({ incarnation, exit, at, lived, cause, pid }: ExitRecord): string {
  const life = lived < 10_000 ? `${Math.round(lived)} ms` : `${Math.round(lived / 1000)} s`
  const process = pid === null ? '' : ` pid ${pid}`
  return `${at}  #${incarnation}${process}  ${describeExit(exit)} after ${life} (${cause})`
}

/** Why it is in this phase, what would change it, how it ended last, what is next. */
export function explainText(
  detail: InstanceDetail,
  now: Date,
  lastLines: readonly string[],
): string {
  const { id, phase, why, want, next, lastExit, changes, dependsOn, probes, heartbeat, recovery } =
    detail
  const lines = [
    `${id} is ${phase}: ${why}`,
    `wanted ${want.state}, asked by ${want.by}, ${ageText(new Date(want.at), now)} ago`,
  ]
  if (next !== null) lines.push(`next: ${next.what} at ${next.at}`)
  for (const { name, condition, met } of dependsOn) {
    lines.push(`needs ${name} (${condition}): ${met ? 'met' : 'not met'}`)
  }
  for (const { need, met, how } of detail.needs ?? []) {
    const found = met === null ? 'looked for before each start' : met ? 'there' : 'not there yet'
    lines.push(`needs ${need}: ${found}${how === null ? '' : ` (${how})`}`)
  }
  if (detail.cgroup !== undefined) lines.push(cgroupText(detail.cgroup, detail.limits))
  for (const sink of detail.log?.sinks ?? []) lines.push(sinkText(sink))
  for (const probe of probes) {
    const result = probe.ok === null ? 'not asked yet' : probe.ok ? 'good' : 'bad'
    lines.push(
      `${probe.kind} probe ${probe.target}: ${result}${probe.detail === null ? '' : `, ${probe.detail}`}`,
    )
  }
  if (heartbeat !== null) {
    lines.push(`heartbeat: last ${heartbeat.lastAt ?? 'never'}, missed ${heartbeat.missed}`)
  }
  if (detail.failures > 0) lines.push(`failures that count: ${detail.failures}`)
  if (recovery !== null) {
    lines.push(
      `last fault: ${recovery.cause} at ${recovery.at}, noticed after ${Math.round(recovery.detection)} ms, mended after ${recovery.recovery === null ? '-' : `${Math.round(recovery.recovery)} ms`}`,
    )
  }
  if (changes.length > 0) lines.push('what would change it:', ...changes.map((one) => `  ${one}`))
  if (lastExit !== null) lines.push(`last end: ${exitText(lastExit)}`)
  if (lastLines.length > 0) {
    lines.push(`its last ${lastLines.length} lines:`, ...lastLines.map((one) => `  ${one}`))
  }
  return lines.join('\n')
}

/** Which way its control group is used, or why it is not. */
function cgroupText(
  { path, controllers, reason }: CgroupFact,
  { memory }: InstanceDetail['limits'],
): string {
  if (path === null) return `no control group: ${reason}`
  const holds =
    controllers.length === 0 ? 'no controller' : `controllers: ${controllers.join(', ')}`
  const measured = memory !== null && !controllers.includes('memory')
  const why = reason === null ? '' : ` (${reason})`
  return `control group ${path}, ${holds}${measured ? `; limits.memory is measured${why}` : ''}`
}

/** How a sink of a program's output is. */
function sinkText({ sink, state, sent, lost, waiting, trouble }: SinkFact): string {
  const waits = waiting.lines === 0 ? '' : `, ${waiting.lines} lines wait`
  const missing = lost === 0 ? '' : `, ${lost} lost`
  const why = trouble === null ? '' : `: ${trouble}`
  return `sink ${sink} is ${state}, ${sent} lines told${waits}${missing}${why}`
}

/** A remote source of settings that is lost, or whose word is not taken; null where all is well. */
export function remoteText({ source, state, since, version, readAt, trouble }: RemoteFact) {
  if (trouble === null) return null
  const what = version === null ? 'nothing of it' : version
  const when = readAt === null ? '' : `, read at ${readAt},`
  if (state === 'up')
    return `what ${source} says is not taken over: ${trouble}; ${what}${when} stays`
  return `${source} is lost since ${since}: ${trouble}; ${what}${when} stays`
}

/** Those who are told of events and do not take them; nothing of those who do. */
export function outletTexts(outlets: readonly OutletFact[]): readonly string[] {
  return outlets
    .filter(({ state }) => state === 'down')
    .map(
      ({ outlet, behind, trouble }) =>
        `${outlet} takes no events: ${trouble}; it is ${behind} behind`,
    )
}
