import type { Place } from '../source/origin.ts'
import { readSource } from '../source/read-source.ts'
import type { SourceTree } from '../source/source-tree.ts'

/** More than this is no value that somebody writes into a variable or an argument. */
const MAX_LENGTH = 100_000

/**
 * A value out of where there are only texts, an environment variable or `--set`: numbers, `true`, `false`
 * and `null` are those, lists and maps are written `[a, b]` and `{a: 1}`, a text in quotes stays one, and
 * everything else is a text as it is.
 *
 * @returns null where it begins as a list, a map or a quoted text and is none
 */
export function looseValue(text: string, place: Place): SourceTree | null {
  if (text.length > MAX_LENGTH) return null
  if (!/^\s*[[{"']/.test(text)) return plain(text, place)
  const read = readSource(place.origin.name, text, { format: 'yaml' })
  return 'problems' in read ? null : placed(read.tree, place)
}

function plain(text: string, place: Place): SourceTree {
  const made = (value: number | boolean | null): SourceTree => ({
    kind: 'scalar',
    value,
    written: value === null ? null : text,
    loose: true,
    place,
  })
  if (text === 'true' || text === 'false') return made(text === 'true')
  if (text === 'null') return made(null)
  // No sign "+", no leading zeros: telephone numbers and octal modes are texts.
  if (/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    const value = Number(text)
    if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)))
      return made(value)
  }
  return { kind: 'scalar', value: text, written: null, place }
}

/** All of it stands at one place: the variable, or the argument. */
function placed(tree: SourceTree, place: Place): SourceTree {
  if (tree.kind === 'scalar') return { ...tree, place }
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item) => placed(item, place)), place }
  const entries = [...tree.entries].map(
    ([name, { node }]) => [name, { key: place, node: placed(node, place) }] as const,
  )
  return { ...tree, entries: new Map(entries), place }
}
