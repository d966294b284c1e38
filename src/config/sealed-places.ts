import { isSealed } from '../model/ports/secret-opener.ts'
import { readSource } from './source/read-source.ts'
import type { SourceTree } from './source/source-tree.ts'

/** A sealed value in a file: the setting, and the offsets of `ENC(…)` in the text. */
export interface SealedPlace {
  readonly path: readonly string[]
  readonly start: number
  readonly end: number
}

/** At the place of a value, in whatever quotes. */
const ENVELOPE = /["']{0,3}(ENC\([^()\s"']*\))/y
/** A line of an env file; its value may stand in quotes. */
const LINE = /^[ \t]*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*["']?(ENC\([^()\s"']*\))/gm

/**
 * Every sealed value in the text of a YAML, JSON, JSONC or TOML file, or of an env file (by `.env` in its
 * name), in the order of the text. What stands in a profile is sealed for the setting that it becomes.
 *
 * @returns the problem instead, where the text cannot be read
 */
export function sealedPlaces(
  name: string,
  text: string,
): readonly SealedPlace[] | { readonly problem: string } {
  if (/\.env(\.[^/\\]*)?$/.test(name)) return inEnvFile(text)
  const source = readSource(name, text, { mayBeEmpty: true })
  if ('problems' in source) return { problem: source.problems.join('\n') }
  // Places are counted without a byte order mark.
  const shift = text.startsWith('\uFEFF') ? 1 : 0
  const found = new Map<number, SealedPlace>()
  const walk = (node: SourceTree, path: readonly string[]): void => {
    if (node.kind === 'list')
      node.items.forEach((item, index) => {
        walk(item, [...path, String(index)])
      })
    else if (node.kind === 'map')
      for (const [key, entry] of node.entries) walk(entry.node, [...path, key])
    else if (typeof node.value === 'string' && isSealed(node.value)) {
      ENVELOPE.lastIndex = node.place.offset + shift
      const match = ENVELOPE.exec(text)
      // What an alias repeats is found where it is written.
      if (match?.[1] !== node.value) return
      const end = ENVELOPE.lastIndex
      const start = end - match[1].length
      if (!found.has(start)) found.set(start, { path: settingOf(path), start, end })
    }
  }
  walk(source.tree, [])
  return [...found.values()].sort((a, b) => a.start - b.start)
}

function settingOf(path: readonly string[]): readonly string[] {
  return path[0] === 'profiles' && path.length > 2 ? path.slice(2) : path
}

function inEnvFile(text: string): SealedPlace[] {
  return [...text.matchAll(LINE)].map((match) => {
    const [whole, name = '', sealed = ''] = match
    const end = match.index + whole.length
    return { path: ['env', name], start: end - sealed.length, end }
  })
}
