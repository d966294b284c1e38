import type { InstanceStatus } from '../model/guard-status.ts'
import { type Line, line, type Span, sides, span } from './line.ts'
import type { GuardView, TopState } from './model.ts'
import { safeText } from './safe-text.ts'
import type { Glyphs } from './sparkline.ts'
import { widthOf } from './text-width.ts'
import { ageText, bytesText, clockText, cpuText, since, whyText } from './texts.ts'
import { rankOf, STYLE_OF, TROUBLES, type Trouble, troubleOf, wordOf } from './trouble.ts'

/** Which guard, how many services are how, and what is wrong: the first thing that is read. */
export function headerLines(
  state: TopState,
  now: number,
  glyphs: Glyphs,
  roomy: boolean,
): readonly Line[] {
  const { columns } = state.size
  const all = state.guards.flatMap((guard) =>
    [...guard.services.values()].map((one) => ({ guard, one })),
  )
  const statuses = all.map(({ one }) => one)
  const time = span(clockText(now), 'dim')
  const wrong = wrongLine(state, all, now, glyphs)
  if (!roomy) return [sides(counts(statuses), [time], columns, glyphs.ellipsis), wrong]
  return [
    titleLine(state, now, glyphs),
    sides(counts(statuses), [], columns, glyphs.ellipsis),
    wrong,
  ]
}

/** What all use together gives way to whose it is. */
function titleLine(state: TopState, now: number, glyphs: Glyphs): Line {
  const { columns } = state.size
  const left = title(state, now, glyphs)
  const used = left.reduce((sum, { text }) => sum + widthOf(text), 0)
  const time = span(clockText(now), 'dim')
  const all = totals(state.guards)
  const room = columns - used - widthOf(time.text) - 3
  const right = widthOf(all) > room ? [time] : [span(all), span('  '), time]
  return sides(left, right, columns, glyphs.ellipsis)
}

function title({ guards }: TopState, now: number, { dot, ascii }: Glyphs): readonly Span[] {
  const [only] = guards
  const name = span('stead top', 'head')
  if (only === undefined) return [name]
  const names = guards.map(({ facts }) => safeText(facts.project, ascii)).join(', ')
  if (guards.length > 1) return [name, span(` ${dot} ${guards.length} guards: ${names}`)]
  const { facts } = only
  return [
    name,
    span(` ${dot} `),
    span(names, 'bold'),
    span(`  pid ${facts.pid}  up ${since(facts.since, now)}`),
  ]
}

function counts(statuses: readonly InstanceStatus[]): readonly Span[] {
  const groups = new Map<string, { rank: number; trouble: Trouble; count: number }>()
  for (const one of statuses) {
    const word = one.phase === 'running' && one.health === 'unhealthy' ? 'unhealthy' : one.phase
    const before = groups.get(word)
    // Of those that share a word the worst gives the colour.
    const rank = Math.min(rankOf(one), before?.rank ?? TROUBLES.length)
    const trouble = TROUBLES[rank] ?? troubleOf(one)
    groups.set(word, { rank, trouble, count: (before?.count ?? 0) + 1 })
  }
  const ordered = [...groups].toSorted(([a, x], [b, y]) => x.rank - y.rank || (a < b ? -1 : 1))
  if (ordered.length === 0) return [span('no services')]
  return ordered.flatMap(([word, { trouble, count }], at) => [
    span(at === 0 ? '' : '  '),
    span(`${count} ${word}`, STYLE_OF[trouble]),
  ])
}

function totals(guards: readonly GuardView[]): string {
  const all = guards.flatMap(({ usage }) => [...usage.values()])
  if (all.length === 0) return ''
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  return `cpu ${cpuText(sum(all.map(({ cpu }) => cpu ?? 0)))}%  mem ${bytesText(sum(all.map(({ memory }) => memory)))}`
}

interface Whose {
  readonly guard: GuardView
  readonly one: InstanceStatus
}

/** A guard that is gone; then what is wrong, worst first: one with its reason, several by name. */
function wrongLine(
  { guards, size }: TopState,
  all: readonly Whose[],
  now: number,
  glyphs: Glyphs,
): Line {
  const { columns } = size
  const lost = guards.find((guard) => guard.lost !== null)
  if (lost?.lost != null) {
    const gone = ageText(now - lost.lost.at)
    const text = `! the guard of ${lost.facts.project} is gone for ${gone}, asking again: ${lost.lost.reason}`
    return sides([span(safeText(text, glyphs.ascii), 'bad')], [], columns, glyphs.ellipsis)
  }
  const wrong = all
    .filter(({ one }) => rankOf(one) <= TROUBLES.indexOf('shaky'))
    .toSorted((a, b) => rankOf(a.one) - rankOf(b.one))
  const [first] = wrong
  if (first === undefined) {
    return line(span(all.length === 0 ? '' : 'nothing is wrong', 'good'))
  }
  const nameOf = ({ guard, one }: Whose): string =>
    safeText(guards.length > 1 ? `${guard.facts.project}/${one.id}` : one.id, glyphs.ascii)
  if (wrong.length === 1) {
    const text = `! ${nameOf(first)} ${wordOf(first.one)}: ${safeText(whyText(first.one, now), glyphs.ascii)}`
    return sides([span(text, STYLE_OF[troubleOf(first.one)])], [], columns, glyphs.ellipsis)
  }
  const spans: Span[] = [span('! ', 'bad')]
  let left = columns - 2
  for (const [at, whose] of wrong.entries()) {
    const text = `${at === 0 ? '' : '  '}${nameOf(whose)} ${wordOf(whose.one)}`
    const more = `  ${wrong.length - at} more`
    const room = at === wrong.length - 1 ? left : left - widthOf(`  ${wrong.length - at - 1} more`)
    if (widthOf(text) > room && at > 0) {
      spans.push(span(more, 'bad'))
      break
    }
    spans.push(span(text, STYLE_OF[troubleOf(whose.one)]))
    left -= widthOf(text)
  }
  return sides(spans, [], columns, glyphs.ellipsis)
}
