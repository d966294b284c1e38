import { type Statistic, statisticOf } from './statistics.ts'

/** A column of a table: which samples of a peer, and what becomes of them. */
export interface Figure {
  /** Under which name a row of the benchmark gives its samples. */
  readonly key: string
  readonly head: string
  readonly statistic: Statistic
  readonly digits: number
  /** Whether a second column compares it to the base of the table. */
  readonly ratio?: boolean
}

/** What was measured of one peer in one row: samples by the name of the figure. */
export type Samples = Readonly<Record<string, readonly number[]>>

export interface Measured {
  readonly peer: string
  readonly samples: Samples
  /** Words for the last column, such as what was not measured and why. */
  readonly notes?: readonly string[]
}

/**
 * A markdown table: one line a peer, the best of the first figure on top, `base` first of all. A
 * peer that has no samples of a figure gets a dash, never a zero.
 *
 * @throws where a peer has no sample at all or one that is no number: nothing was measured then
 */
export function markdownTable(
  figures: readonly Figure[],
  measured: readonly Measured[],
  base: string,
): string {
  for (const one of measured) refuseNothing(one)
  const reference = measured.find(({ peer }) => peer === base)
  const first = figures[0] as Figure
  const order = (one: Measured): number => {
    const value = reduced(one, first)
    return one.peer === base ? Number.NEGATIVE_INFINITY : (value ?? Number.POSITIVE_INFINITY)
  }
  const sorted = [...measured].sort((a, b) => order(a) - order(b))
  const withNotes = measured.some(({ notes = [] }) => notes.length > 0)
  const heads = figures.flatMap(({ head, ratio }) => (ratio ? [head, 'ratio'] : [head]))
  const lines = sorted.map((one) => {
    const cells = figures.flatMap((figure) => cellsOf(one, figure, reference))
    return [one.peer, ...cells, ...(withNotes ? [(one.notes ?? []).join('; ')] : [])]
  })
  const rows = [
    ['', ...heads, ...(withNotes ? [''] : [])],
    ['---', ...heads.map(() => '---:'), ...(withNotes ? ['---'] : [])],
    ...lines,
  ]
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function reduced(one: Measured, figure: Figure): number | null {
  const samples = one.samples[figure.key] ?? []
  return samples.length === 0 ? null : statisticOf(samples, figure.statistic)
}

function cellsOf(one: Measured, figure: Figure, reference: Measured | undefined): string[] {
  const value = reduced(one, figure)
  const text = value === null ? '–' : value.toFixed(figure.digits)
  if (!figure.ratio) return [text]
  const base = reference === undefined ? null : reduced(reference, figure)
  const comparable = value !== null && base !== null && base > 0
  return [text, comparable ? (value / base).toFixed(value / base < 10 ? 2 : 0) : '']
}

function refuseNothing({ peer, samples }: Measured): void {
  const all = Object.values(samples).flat()
  if (all.length === 0) throw new Error(`${peer}: nothing was measured`)
  if (all.some((sample) => !Number.isFinite(sample) || sample < 0)) {
    throw new Error(`${peer}: a sample is no measure: ${JSON.stringify(samples)}`)
  }
}
