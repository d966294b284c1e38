import type { CutText } from './cut-text.ts'

/** Rows without the empty ones after them, which only a text of several rows may mean (`|+`). */
function meant(rows: string): string {
  return /[|>]\d?\+/.test(rows) ? rows : rows.trimEnd()
}

/** Anchors, aliases and merge keys, with which one service says something of another. */
const REFERENCES = /(?:^|[\s[{,])(?:[&*][\w-]|<<\s*:)/m

const SECTION = /^services:[ \t]*(?:#.*)?\r?$/
const NAME = /^ +([A-Za-z0-9][A-Za-z0-9_.-]*):(?:[ \t\r]|$)/

/**
 * Cuts YAML by rows and indentation alone.
 *
 * @returns null where those may mislead
 */
export function cutYaml(text: string): CutText | null {
  if (REFERENCES.test(text)) return null
  const rows = text.split('\n')
  const begin = rows.findIndex((row) => SECTION.test(row))
  if (begin === -1) return { frame: text, services: new Map(), without: () => text }
  const services = new Map<string, string>()
  let indent = ''
  let name: string | null = null
  let from = begin + 1
  let end = begin + 1
  const close = (): boolean => {
    if (name === null) return true
    if (services.has(name)) return false
    services.set(name, meant(rows.slice(from, end).join('\n')))
    return true
  }
  for (; end < rows.length; end += 1) {
    const row = rows[end] as string
    const depth = row.search(/[^ ]/)
    const first = row[depth]
    if (depth === -1 || first === '#' || first === '\r') continue
    if (depth === 0) break
    if (first === '\t') return null
    if (indent === '') indent = ' '.repeat(depth)
    if (depth > indent.length && name !== null) continue
    const found = depth === indent.length ? NAME.exec(row)?.[1] : undefined
    if (found === undefined || !close()) return null
    name = found
    from = end
  }
  if (!close()) return null
  const head = rows.slice(0, services.size === 0 ? end : begin + 1)
  const rest = rows.slice(end)
  if (rest.some((row) => SECTION.test(row))) return null
  return {
    frame: [...head, ...rest].join('\n'),
    services,
    without(names) {
      const own = [...services].map(([one, text]) => (names.has(one) ? `${indent}${one}:` : text))
      return [...head, ...own, ...rest].join('\n')
    },
  }
}
