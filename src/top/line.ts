import { clip, widthOf } from './text-width.ts'

export type Style = 'plain' | 'bold' | 'dim' | 'good' | 'warn' | 'bad' | 'head'

/** A piece of a line; its text is safe. */
export interface Span {
  readonly text: string
  readonly style: Style
}

export interface Line {
  readonly spans: readonly Span[]
  /** The one that is chosen: shown in reverse over its whole width. */
  readonly picked?: boolean
}

/** `mono`: bold and reverse alone (no-color.org asks for no colours); `none`: not a single sequence. */
export type Ink = 'colour' | 'mono' | 'none'

/** Select Graphic Rendition (ECMA-48). */
const COLOUR: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  good: '32',
  warn: '33',
  bad: '1;31',
  head: '1;36',
}
const MONO: Readonly<Record<Style, string>> = {
  plain: '',
  bold: '1',
  dim: '',
  good: '',
  warn: '',
  bad: '1',
  head: '1',
}

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style })
export const line = (...spans: readonly (Span | string)[]): Line => ({
  spans: spans.map((one) => (typeof one === 'string' ? span(one) : one)),
})

/** `left` and `right` on one line of so many cells; the left one gives way. */
export function sides(
  left: readonly Span[],
  right: readonly Span[],
  width: number,
  mark: string,
): Line {
  const needed = right.reduce((sum, { text }) => sum + widthOf(text), 0)
  if (needed === 0 || needed >= width) return { spans: clipped(left, width, mark) }
  const shown = clipped(left, width - needed - 1, mark)
  const used = shown.reduce((sum, { text }) => sum + widthOf(text), 0)
  return { spans: [...shown, span(' '.repeat(width - used - needed)), ...right] }
}

/** Spans in at most so many cells. */
export function clipped(spans: readonly Span[], width: number, mark: string): readonly Span[] {
  const shown: Span[] = []
  let left = width
  for (const { text, style } of spans) {
    if (left <= 0) break
    const cells = widthOf(text)
    shown.push(span(cells > left ? clip(text, left, mark) : text, style))
    left -= cells
  }
  return shown
}

/** A line as it is sent to a terminal. */
export function paint({ spans, picked = false }: Line, width: number, ink: Ink): string {
  if (ink === 'none') {
    return spans
      .map(({ text }) => text)
      .join('')
      .trimEnd()
  }
  const table = ink === 'colour' ? COLOUR : MONO
  const used = spans.reduce((sum, { text }) => sum + widthOf(text), 0)
  const all = picked ? [...spans, span(' '.repeat(Math.max(0, width - used)))] : spans
  return all
    .map(({ text, style }) => {
      const code = picked ? '7' : table[style]
      return code === '' || text === '' ? text : `\u001b[${code}m${text}\u001b[0m`
    })
    .join('')
}
