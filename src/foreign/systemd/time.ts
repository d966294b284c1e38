import { formatDuration } from '../../model/duration.ts'
import { table } from '../table.ts'

const UNITS = table<number>({
  us: 0.001,
  usec: 0.001,
  µs: 0.001,
  ms: 1,
  msec: 1,
  s: 1_000,
  sec: 1_000,
  second: 1_000,
  seconds: 1_000,
  '': 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  w: 604_800_000,
  week: 604_800_000,
  weeks: 604_800_000,
})

/** A span of systemd.time(7) in milliseconds; Infinity for `infinity`, null for what is none. */
export function spanOf(text: string): number | null {
  const word = text.trim()
  if (word === 'infinity') return Number.POSITIVE_INFINITY
  if (!/^(?:\s*\d+(?:\.\d+)?\s*[a-zµ]*)+$/.test(word) || word.length > 100) return null
  let total = 0
  for (const [, amount, unit = ''] of word.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]*)/g)) {
    const size = UNITS[unit]
    if (size === undefined) return null
    total += Number(amount) * size
  }
  return Math.round(total)
}

const YEAR = 364 * 86_400_000

/** The same for stead.yaml, where a year stands for ever. */
export function spanText(text: string): string | null {
  const span = spanOf(text)
  return span === null ? null : formatDuration(Math.min(span, YEAR))
}
