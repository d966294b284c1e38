import type { Histogram } from '../model/guard-metrics.ts'
import type { Family, Series } from './family.ts'

/**
 * `openmetrics`: OpenMetrics 1.0. `prometheus`: the text format 0.0.4 of Prometheus, which everything
 * that takes metrics can read.
 */
export type Exposition = 'openmetrics' | 'prometheus'

export const CONTENT_TYPES: Readonly<Record<Exposition, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
}

/** What stands behind all families. */
export const ENDINGS: Readonly<Record<Exposition, string>> = {
  openmetrics: '# EOF\n',
  prometheus: '',
}

/** A family as text; nothing of one without series. */
export function expositionOf(family: Family, format: Exposition): string {
  return family.series.length === 0 ? '' : textOf(family, format)
}

function textOf(family: Family, format: Exposition): string {
  const isOpen = format === 'openmetrics'
  const { name, type, unit, help } = family
  // A family of Prometheus is called as its samples are, and it knows no info.
  const suffix = isOpen ? '' : type === 'counter' ? '_total' : type === 'info' ? '_info' : ''
  const called = `${name}${suffix}`
  const kind = !isOpen && type === 'info' ? 'gauge' : type
  let text = `# HELP ${called} ${escapedHelp(help)}\n# TYPE ${called} ${kind}\n`
  if (isOpen && unit !== undefined) text += `# UNIT ${called} ${unit}\n`
  for (const series of family.series) text += samplesOf(family, series, isOpen)
  return text
}

function samplesOf({ name, type, labels: names }: Family, series: Series, isOpen: boolean): string {
  const { labels, value, created } = series
  const own = names.map((label, at) => `${label}="${escaped(labels[at] ?? '')}"`).join(',')
  const shown = own === '' ? '' : `{${own}}`
  const birth =
    isOpen && created !== undefined ? `${name}_created${shown} ${numberOf(created)}\n` : ''
  if (typeof value !== 'number') return `${bucketsOf(name, own, shown, value)}${birth}`
  const suffix = type === 'counter' ? '_total' : type === 'info' ? '_info' : ''
  return `${name}${suffix}${shown} ${numberOf(value)}\n${birth}`
}

function bucketsOf(name: string, own: string, shown: string, histogram: Histogram): string {
  const { bounds, counts, sum } = histogram
  const before = own === '' ? '' : `${own},`
  let total = 0
  let text = ''
  for (const [at, count] of counts.entries()) {
    total += count
    const bound = bounds[at]
    // As a floating-point number, which OpenMetrics asks for: 1.0.
    const le = bound === undefined ? '+Inf' : Number.isInteger(bound) ? `${bound}.0` : `${bound}`
    text += `${name}_bucket{${before}le="${le}"} ${total}\n`
  }
  return `${text}${name}_sum${shown} ${numberOf(sum)}\n${name}_count${shown} ${total}\n`
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  // What sums of fractions leave behind their sixth digit is nothing that was measured.
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(6)))
}

function escaped(text: string): string {
  return /["\\\n]/.test(text)
    ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : text
}

/** OpenMetrics has double quotes escaped here as well; no text of ours has one. */
function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
