import { isSecretName } from '../../model/secret-names.ts'

/**
 * Where a setting may come from, the weakest first: what is written into the program, files (with what
 * they include, and their profile), a remote source, the environment, the command line. A layer never
 * overrides one that stands after it here.
 */
export const LAYERS = ['default', 'file', 'remote', 'environment', 'command-line'] as const
export type LayerName = (typeof LAYERS)[number]

/** One text with settings: a file, an answer of a remote source, a variable, an argument. */
export interface Origin {
  readonly layer: LayerName
  /** For messages: the file's name as it was given, `STEAD_CONFIG__port`, `--set port`. */
  readonly name: string
  /** Its lines; none where there is no text that a person could look at. */
  readonly rows: readonly string[]
  /** Line and column of an offset, both from 1. */
  position(offset: number): { readonly line: number; readonly column: number }
}

/** A place in an origin: so many UTF-16 units after the beginning of its text. */
export interface Place {
  readonly origin: Origin
  readonly offset: number
}

/** The origin of a text. Line breaks are LF and CRLF; a byte order mark has been taken off by then. */
export function textOrigin(layer: LayerName, name: string, text: string): Origin {
  let starts: number[] | null = null
  let rows: readonly string[] | null = null
  return {
    layer,
    name,
    get rows() {
      rows ??= text.split(/\r?\n/)
      return rows
    },
    position(offset) {
      starts ??= lineStarts(text)
      // The last line that begins at the offset or before it.
      let low = 0
      for (let high = starts.length - 1; low < high; ) {
        const middle = Math.ceil((low + high) / 2)
        if ((starts[middle] as number) <= offset) low = middle
        else high = middle - 1
      }
      return { line: low + 1, column: offset - (starts[low] as number) + 1 }
    },
  }
}

/** An origin without lines: a variable, an argument, a default. */
export function namedOrigin(layer: LayerName, name: string): Origin {
  return { layer, name, rows: [], position: () => ({ line: 1, column: 1 }) }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** `file:line:column` of a place; the name alone where there are no lines. */
export function placeText({ origin, offset }: Place): string {
  if (origin.rows.length === 0) return origin.name
  const { line, column } = origin.position(offset)
  return `${origin.name}:${line}:${column}`
}

/** A message with its place before it, and below it the line with a mark under the place. */
export function messageAt(place: Place, message: string, hidden = false): string {
  const { line, column } = place.origin.position(place.offset)
  const row = place.origin.rows[line - 1] ?? ''
  const shown = hidden || namesSecret(row) ? '' : excerpt(row, line, column)
  return `${placeText(place)}: ${message}${shown}`
}

/** A line that gives something a value whose name says that it is secret is not shown at all. */
function namesSecret(row: string): boolean {
  return [...row.matchAll(/([A-Za-z_][\w.-]{0,80})["']?\s*[:=]/g)].some(([, name = '']) =>
    isSecretName(name),
  )
}

/** Longest part of a line that is shown. */
const WIDTH = 100

function excerpt(row: string, line: number, column: number): string {
  const from = Math.max(0, column - 1 - WIDTH / 2)
  const shown = row.slice(from, from + WIDTH).replaceAll('\t', ' ')
  if (shown.trim() === '') return ''
  const margin = ' '.repeat(String(line).length)
  return `\n  ${line} | ${shown}\n  ${margin} | ${' '.repeat(column - 1 - from)}^`
}
