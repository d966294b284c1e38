/** Characters that not every terminal has. */
export interface Glyphs {
  readonly bars: string
  readonly ellipsis: string
  readonly rule: string
  readonly dot: string
  readonly ascii: boolean
}

export const UNICODE: Glyphs = {
  bars: '▁▂▃▄▅▆▇█',
  ellipsis: '…',
  rule: '─',
  dot: '·',
  ascii: false,
}
export const ASCII: Glyphs = { bars: '_.-=oO#@', ellipsis: '~', rule: '-', dot: '|', ascii: true }

/**
 * The newest values as bars, the newest on the right; what was not measured is blank.
 *
 * @param least the full height means at least this much: a quiet service does not look busy
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  least: number,
  { bars }: Glyphs,
): string {
  const shown = values.slice(-Math.max(0, width))
  const top = Math.max(least, ...shown.map((value) => value ?? 0))
  const steps = [...bars]
  const text = shown
    .map((value) => {
      if (value === null) return ' '
      const step = top === 0 ? 0 : Math.round((value / top) * (steps.length - 1))
      return steps[Math.min(steps.length - 1, Math.max(0, step))]
    })
    .join('')
  return text.padStart(Math.max(0, width))
}
