import { listRoom } from './layout.ts'
import { type Line, line, type Span, sides, span } from './line.ts'
import type { TopState } from './model.ts'
import { type Row, rowsOf, usageOf } from './rows.ts'
import { safeText } from './safe-text.ts'
import { type Glyphs, sparkline } from './sparkline.ts'
import { sized, widthOf } from './text-width.ts'
import { bytesText, cpuText, readyText, since, whyText } from './texts.ts'
import { MARK_OF, rankOf, STYLE_OF, TROUBLES, type Trouble } from './trouble.ts'

/** Which columns there is room for, and how wide those are that grow. */
interface Columns {
  readonly name: number
  readonly restarts: boolean
  readonly ready: boolean
  readonly memory: boolean
  readonly uptime: boolean
  readonly pid: boolean
  readonly graph: number
  readonly why: number
}

/** Full height of a sparkline means at least so much: per cent of a core, bytes. */
const LEAST = { cpu: 5, memory: 1024 * 1024 } as const

/** The heads of the columns, and a line for each row that there is room for. */
export function listLines(state: TopState, now: number, glyphs: Glyphs): readonly Line[] {
  const rows = rowsOf(state)
  const columns = columnsFor(state, rows)
  const shown = rows.slice(state.first, state.first + listRoom(state))
  return [
    head(state, columns, glyphs),
    ...shown.map((row, at) => {
      const picked = state.live && state.first + at === state.pickedAt
      return { ...rowLine(state, row, columns, now, glyphs, picked), picked }
    }),
    ...(rows.length === 0 ? [line(span(emptyText(state), 'dim'))] : []),
  ]
}

function emptyText({ guards, filter, show, label }: TopState): string {
  const filtered = filter !== '' || show !== 'all' || label !== null
  if (guards.some(({ services }) => services.size > 0) && filtered) {
    return '  nothing fits the filter; Esc shows all'
  }
  return '  no services'
}

function columnsFor({ size, guards }: TopState, rows: readonly Row[]): Columns {
  const { columns } = size
  const names = rows.map(
    (row) =>
      widthOf(safeText(row.name)) +
      suffixOf(row).length +
      2 * (row.depth + (row.open === null ? 0 : 1)),
  )
  const longest = Math.max(7, ...names, guards.length > 1 ? 12 : 0)
  const memory = columns >= 40
  const ready = columns >= 60
  const restarts = columns >= 66
  const uptime = columns >= 50
  const pid = columns >= 110
  // Marks, phase and cpu are always there.
  const fixed =
    2 +
    9 +
    7 +
    (memory ? 7 : 0) +
    (ready ? 10 : 0) +
    (restarts ? 5 : 0) +
    (uptime ? 7 : 0) +
    (pid ? 8 : 0)
  const left = columns - fixed
  const graphed = columns >= 72
  const name = Math.max(10, Math.min(longest, graphed ? left - 11 : left))
  const rest = left - name - 2
  if (!graphed)
    return { name: Math.min(name, left), restarts, ready, memory, uptime, pid, graph: 0, why: 0 }
  const graph = Math.min(rest, columns >= 130 ? 30 : 24)
  const why = rest - graph - 2
  return { name, restarts, ready, memory, uptime, pid, graph, why: why >= 20 ? why : 0 }
}

function head(state: TopState, columns: Columns, { ellipsis }: Glyphs): Line {
  const mark = (title: string, sort: TopState['sort']): string =>
    state.sort === sort ? `${title}${state.reversed ? '-' : '+'}` : title
  const cells = [
    `  ${sized(mark('SERVICE', 'name'), columns.name)}`,
    sized(mark('PHASE', 'trouble'), 8),
    ...(columns.restarts ? [sized(mark('RST', 'restarts'), 4, 'right')] : []),
    ...(columns.ready ? [sized('READY', 9)] : []),
    sized(mark('CPU%', 'cpu'), 6, 'right'),
    ...(columns.memory ? [sized(mark('MEM', 'memory'), 6, 'right')] : []),
    ...(columns.uptime ? [sized(mark('UP', 'uptime'), 6, 'right')] : []),
    ...(columns.pid ? [sized('PID', 7, 'right')] : []),
    ...(columns.graph > 0
      ? [` ${sized(state.graph === 'cpu' ? 'CPU' : 'MEMORY', columns.graph)}`]
      : []),
    ...(columns.why > 0 ? [` ${sized('WHY', columns.why)}`] : []),
  ]
  return sides([span(cells.join(' '), 'head')], [], state.size.columns, ellipsis)
}

function suffixOf({ kind, members }: Row): string {
  return kind === 'instance' ? '' : ` (${members.length})`
}

function rowLine(
  state: TopState,
  row: Row,
  columns: Columns,
  now: number,
  glyphs: Glyphs,
  picked: boolean,
): Line {
  const { ellipsis, ascii } = glyphs
  const { members, guard } = row
  const trouble = worstOf(row)
  const worst = members.toSorted((a, b) => rankOf(a) - rankOf(b))[0]
  if (worst === undefined) return line()
  const fold = row.open === null ? '' : row.open ? '- ' : '+ '
  const suffix = suffixOf(row)
  const indent = '  '.repeat(row.depth) + fold
  const name = sized(indent + safeText(row.name, ascii) + suffix, columns.name, 'left', ellipsis)
  const gone = guard.lost !== null
  const style = gone ? 'dim' : STYLE_OF[trouble]
  const restarts = members.reduce((sum, one) => sum + one.restarts, 0)
  const spans: Span[] = [
    span(`${picked ? '>' : ' '}${MARK_OF[trouble]}`, style),
    span(name, row.kind === 'instance' ? 'plain' : 'bold'),
    span(` ${sized(worst.phase, 8, 'left', ellipsis)}`, style),
  ]
  if (columns.restarts) spans.push(span(` ${sized(String(restarts), 4, 'right', '+')}`))
  const used = spans.reduce((sum, { text }) => sum + widthOf(text), 0)
  const words = summary(row, now)
  if (words !== null) {
    const room = state.size.columns - used - 1
    return line(
      ...spans,
      ' ',
      span(sized(safeText(words, ascii), room, 'left', ellipsis).trimEnd(), gone ? 'dim' : 'plain'),
    )
  }
  const { cpu, memory, cpuHistory, memoryHistory } = usageOf(row)
  const cell = (text: string | null, width: number): Span =>
    span(` ${sized(text === null || text === '' ? '-' : text, width, 'right', ellipsis)}`)
  if (columns.ready) {
    const bad = members.some(({ health }) => health === 'unhealthy')
    const text = readyOf(row)
    spans.push(span(` ${sized(text, 9, 'left', ellipsis)}`, bad ? 'bad' : 'plain'))
  }
  spans.push(cell(cpu === null ? null : cpuText(cpu), 6))
  if (columns.memory) spans.push(cell(memory === null ? null : bytesText(memory), 6))
  if (columns.uptime) spans.push(cell(upFor(row, now), 6))
  if (columns.pid) spans.push(cell(members.length === 1 ? String(worst.pid ?? '-') : null, 7))
  if (columns.graph > 0) {
    const bars =
      state.graph === 'cpu'
        ? sparkline(cpuHistory, columns.graph, LEAST.cpu, glyphs)
        : sparkline(memoryHistory, columns.graph, LEAST.memory, glyphs)
    spans.push(span(`  ${bars}`, gone ? 'dim' : 'good'))
  }
  if (columns.why > 0) {
    const text = worst.statusText ?? (trouble === 'well' ? '' : whyText(worst, now))
    spans.push(span(`  ${sized(safeText(text, ascii), columns.why, 'left', ellipsis)}`.trimEnd()))
  }
  return line(...spans)
}

function worstOf({ members }: Row): Trouble {
  return TROUBLES[Math.min(...members.map(rankOf))] ?? 'off'
}

/** What stands in the place of figures where there are none, or where members differ. */
function summary({ members, kind }: Row, now: number): string | null {
  const [first] = members
  if (first === undefined) return null
  if (kind === 'instance') return first.pid === null ? whyText(first, now) : null
  if (new Set(members.map(({ phase }) => phase)).size === 1) {
    return first.pid === null ? whyText(first, now) : null
  }
  const counts = Map.groupBy(
    members.toSorted((a, b) => rankOf(a) - rankOf(b)),
    ({ phase }) => phase,
  )
  return [...counts].map(([phase, some]) => `${some.length} ${phase}`).join(', ')
}

function readyOf({ members }: Row): string {
  const words = new Set(members.map(readyText))
  const [only] = words
  if (words.size === 1 && only !== undefined) return only
  return `${members.filter(({ ready }) => ready).length} of ${members.length}`
}

/** Up since the youngest came up: before that it was not whole. */
function upFor({ members }: Row, now: number): string {
  const starts = members.flatMap(({ startedAt, pid }) => (pid === null ? [] : (startedAt ?? [])))
  return since(starts.toSorted().at(-1) ?? null, now)
}
