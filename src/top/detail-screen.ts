import { describeExit } from '../model/exit.ts'
import type {
  ExitRecord,
  InstanceDetail,
  InstanceStatus,
  ProbeFact,
} from '../model/guard-status.ts'
import { parseLogLine } from '../model/log-line.ts'
import { formatSize } from '../model/size.ts'
import { type Line, line, type Span, sides, span } from './line.ts'
import type { DetailView, GuardView, TopState } from './model.ts'
import { safeText } from './safe-text.ts'
import { type Glyphs, sparkline } from './sparkline.ts'
import { clip, widthOf, wrap } from './text-width.ts'
import { ageText, bytesText, clockText, cpuText, since, whyText } from './texts.ts'
import { STYLE_OF, troubleOf, wordOf } from './trouble.ts'

/** Cells of the names of facts. */
const NAMES = 10
const GRAPH = 24
/** Lines of the log that stay, however much there is to say. */
const LEAST_LOG = 5
const ENDS = 5

/** Everything about one instance, and below it its log. */
export function detailLines(
  state: TopState,
  view: DetailView,
  now: number,
  glyphs: Glyphs,
  room: number,
): readonly Line[] {
  const guard = state.guards.find(({ key }) => key === view.guard)
  const status = guard?.services.get(view.id)
  const head = titleLine(state, view, guard, status, now, glyphs)
  const facts =
    status === undefined || guard === undefined
      ? [
          line(
            span(
              `  there is no ${safeText(view.id, glyphs.ascii)} any more; Esc goes back`,
              'warn',
            ),
          ),
        ]
      : factLines(state, view, guard, status, now, glyphs)
  const most = view.logOnly ? 0 : Math.max(1, room - 2 - LEAST_LOG)
  const rest = facts.length - most + 1
  const more = `  ${rest} lines more: stead explain ${safeText(view.id, glyphs.ascii)}`
  const cut = rest > 1 && most > 0
  const shown = cut
    ? [...facts.slice(0, most - 1), line(span(clip(more, state.size.columns), 'dim'))]
    : facts.slice(0, most)
  const left = room - 2 - shown.length
  return [head, ...shown, ruleLine(state, view, glyphs), ...logLines(state, view, glyphs, left)]
}

function titleLine(
  { size, guards }: TopState,
  { id }: DetailView,
  guard: GuardView | undefined,
  status: InstanceStatus | undefined,
  now: number,
  { dot, ascii, ellipsis }: Glyphs,
): Line {
  const name = safeText(guards.length > 1 ? `${guard?.facts.project}/${id}` : id, ascii)
  const spans: Span[] = [span('stead top', 'head'), span(` ${dot} `), span(name, 'bold')]
  if (status !== undefined) {
    const { phase, ready, health } = status
    const style = STYLE_OF[troubleOf(status)]
    const words =
      phase === 'running'
        ? [ready ? 'ready' : 'not ready', ...(health === 'unknown' ? [] : [health])]
        : []
    spans.push(
      span('  '),
      span([wordOf(status) === 'unhealthy' ? phase : wordOf(status), ...words].join(', '), style),
    )
  }
  const lost = guard?.lost != null ? [span('the guard is gone  ', 'bad')] : []
  return sides(spans, [...lost, span(clockText(now), 'dim')], size.columns, ellipsis)
}

function factLines(
  { size }: TopState,
  { detail, error }: DetailView,
  guard: GuardView,
  status: InstanceStatus,
  now: number,
  glyphs: Glyphs,
): readonly Line[] {
  const { columns } = size
  const lines: Line[] = []
  const fact = (name: string, text: string, most = 2): void => {
    const parts = wrap(safeText(text, glyphs.ascii), columns - NAMES - 2, most, glyphs.ellipsis)
    parts.forEach((part, at) => {
      lines.push(line('  ', span((at === 0 ? name : '').padEnd(NAMES), 'dim'), part))
    })
  }
  const { want, pid, incarnation, restarts, failures, startedAt, statusText, survivors } = status
  fact('why', whyText(status, now), 3)
  fact('wanted', `${want.state}, asked by ${want.by} ${since(want.at, now)} ago`)
  const life = pid === null ? 'no process' : `pid ${pid}, up ${since(startedAt, now)}`
  fact(
    'process',
    `${life}, life ${incarnation}, restarts ${restarts}, failures that count ${failures}`,
  )
  if (survivors.length > 0) fact('survivors', `${survivors.join(', ')} could not be ended`)
  if (statusText !== null) fact('says', statusText)
  lines.push(...usageLines(guard, status, detail, glyphs))
  if (error !== null) fact('problem', error)
  if (detail !== null) tellDetail(detail, status, now, fact)
  return lines
}

type TellFact = (name: string, text: string, most?: number) => void

function tellDetail(
  detail: InstanceDetail,
  status: InstanceStatus,
  now: number,
  fact: TellFact,
): void {
  const { dependsOn, dependents, groups, labels, probes, heartbeat, exits, changes, recovery } =
    detail
  if (dependsOn.length > 0) {
    const needs = dependsOn.map(
      ({ name, condition, met }) => `${name} (${condition}): ${met ? 'met' : 'not met'}`,
    )
    fact('needs', needs.join('; '))
  }
  for (const { need, met, how } of detail.needs ?? [])
    fact('needs', `${need}${met === null ? '' : met ? ': there' : `: ${how ?? 'not there yet'}`}`)
  if (dependents.length > 0) fact('needed by', dependents.join(', '))
  if (groups.length > 0) fact('groups', groups.join(', '))
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  if (pairs.length > 0) fact('labels', pairs.join(', '))
  for (const probe of probes) fact(probe.kind, probeText(probe, now))
  if (heartbeat !== null) {
    const last = heartbeat.lastAt === null ? 'none yet' : `${since(heartbeat.lastAt, now)} ago`
    fact('heartbeat', `last ${last}, missed ${heartbeat.missed}`)
  }
  fact('command', detail.command.join(' '))
  if (recovery !== null) {
    const mended =
      recovery.recovery === null ? 'not mended' : `mended after ${Math.round(recovery.recovery)} ms`
    fact(
      'fault',
      `${recovery.cause} ${since(recovery.at, now)} ago, noticed after ${Math.round(recovery.detection)} ms, ${mended}`,
    )
  }
  exits.slice(0, ENDS).forEach((exit, at) => {
    fact(at === 0 ? 'ends' : '', exitText(exit, now), 1)
  })
  // What an operator can do is on the keys; what is waited for is not.
  const others = changes.filter((one) => !one.startsWith('stead '))
  if (others.length > 0 && status.phase !== 'running') fact('changes by', others.join('; '))
}

function usageLines(
  guard: GuardView,
  { id, pid }: InstanceStatus,
  detail: InstanceDetail | null,
  glyphs: Glyphs,
): readonly Line[] {
  const used = guard.usage.get(id)
  if (used === undefined) return []
  const { cpu, memory, cpuHistory, memoryHistory } = used
  const limits = detail?.limits
  const of = (name: string, now: string, graph: string, limit: string | null): Line =>
    line(
      '  ',
      span(name.padEnd(NAMES), 'dim'),
      now.padEnd(8),
      span(graph, 'good'),
      limit === null ? '' : `  limit ${limit}`,
    )
  return [
    of(
      'cpu',
      cpu === null || pid === null ? '-' : `${cpuText(cpu)}%`,
      sparkline(cpuHistory, GRAPH, 5, glyphs),
      limits?.cpu == null ? null : `${limits.cpu}%`,
    ),
    of(
      'memory',
      pid === null ? '-' : bytesText(memory),
      sparkline(memoryHistory, GRAPH, 1024 * 1024, glyphs),
      limits?.memory == null ? null : formatSize(limits.memory),
    ),
  ]
}

function probeText({ target, ok, at, took, detail, failures }: ProbeFact, now: number): string {
  if (ok === null) return `${target}: not asked yet`
  const parts = [
    `${target}: ${ok ? 'good' : 'bad'}`,
    ...(took === null ? [] : [`in ${took < 10 ? took.toFixed(1) : Math.round(took)} ms`]),
    ...(at === null ? [] : [`${since(at, now)} ago`]),
    ...(failures === 0 ? [] : [`${failures} failures in a row`]),
    ...(detail === null ? [] : [detail]),
  ]
  return parts.join(', ')
}

function exitText({ incarnation, pid, exit, at, lived, cause }: ExitRecord, now: number): string {
  const life = lived < 10_000 ? `${Math.round(lived)} ms` : ageText(lived)
  const process = pid === null ? '' : ` pid ${pid}`
  return `${since(at, now)} ago: life ${incarnation}${process}, ${describeExit(exit)} after ${life} (${cause})`
}

function ruleLine({ size }: TopState, { back, lines }: DetailView, { rule }: Glyphs): Line {
  const text = back === 0 ? 'log' : `log, ${back} lines up; End goes on`
  const head = ` ${lines.length === 0 ? 'no log yet' : text} `
  const right = rule.repeat(Math.max(0, size.columns - 3 - widthOf(head)))
  return line(span(`${rule.repeat(3)}${head}${right}`, 'dim'))
}

/** The newest lines at the bottom, or those further up where somebody reads them. */
function logLines(
  { size }: TopState,
  { lines, back }: DetailView,
  { ellipsis, ascii }: Glyphs,
  room: number,
): readonly Line[] {
  const end = Math.max(Math.min(room, lines.length), lines.length - back)
  return lines.slice(Math.max(0, end - room), end).map((text) => {
    const { at, severity, text: message } = parseLogLine('', text)
    const time = at === null ? '' : `${at.toISOString().slice(11, 19)} `
    const shown = clip(safeText(message, ascii), size.columns - time.length, ellipsis)
    const loud = severity !== null && severity <= 3 ? 'bad' : severity === 4 ? 'warn' : 'plain'
    return line(span(time, 'dim'), span(shown, loud))
  })
}
