import { createRequire } from 'node:module'
import type { AST, ParseError } from 'toml-eslint-parser'
import type { Origin, Place } from './origin.ts'
import type { TextProblem } from './read-yaml.ts'
import { MAX_DEPTH, type SourceTree } from './source-tree.ts'

/** Loaded when there is TOML to read: most configurations are YAML, and a start waits for each module. */
const load = (): typeof import('toml-eslint-parser') =>
  createRequire(import.meta.url)('toml-eslint-parser')

/** A map while it grows: tables and dotted names add to it from several places of the file. */
interface Growing {
  readonly kind: 'map'
  readonly entries: Map<string, { readonly key: Place; readonly node: Grown }>
  readonly place: Place
}
type Grown =
  | Growing
  | { readonly kind: 'list'; readonly items: Grown[]; readonly place: Place }
  | Extract<SourceTree, { kind: 'scalar' }>

/**
 * Reads TOML 1.0. Dates and times are texts, as they are written.
 *
 * @returns the tree, or the first problem: the parser reads no further than that
 */
export function readTomlText(text: string, origin: Origin): SourceTree | readonly TextProblem[] {
  const { parseTOML, ParseError } = load()
  let program: AST.TOMLProgram
  try {
    program = parseTOML(text, { tomlVersion: '1.0' })
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return [{ offset: placeOf(error, text), message: inWords(error.message) }]
  }
  const problems: TextProblem[] = []
  const at = (node: AST.TOMLNode): Place => ({ origin, offset: node.range[0] })
  const root: Growing = { kind: 'map', entries: new Map(), place: { origin, offset: 0 } }

  const value = (node: AST.TOMLContentNode, depth: number): Grown => {
    const place = at(node)
    if (depth > MAX_DEPTH) return tooDeep(place)
    if (node.type === 'TOMLArray')
      return { kind: 'list', items: node.elements.map((one) => value(one, depth + 1)), place }
    if (node.type === 'TOMLInlineTable') {
      const map: Growing = { kind: 'map', entries: new Map(), place }
      for (const pair of node.body) put(map, pair, depth + 1)
      return map
    }
    if (node.kind === 'string') return { kind: 'scalar', value: node.value, written: null, place }
    const written = text.slice(...node.range)
    if (node.kind === 'integer' || node.kind === 'float' || node.kind === 'boolean')
      return { kind: 'scalar', value: node.value, written, place }
    return { kind: 'scalar', value: written, written: null, place }
  }
  const tooDeep = (place: Place): Grown => {
    problems.push({ offset: place.offset, message: 'what is here is nested too deeply' })
    return { kind: 'scalar', value: null, written: null, place }
  }
  const put = (map: Growing, { key, value: content }: AST.TOMLKeyValue, depth: number): void => {
    const names = key.keys
    if (depth + names.length > MAX_DEPTH) return void tooDeep(at(key))
    const holder = names.slice(0, -1).reduce((inside, one) => inner(inside, one), map)
    const last = names.at(-1) as AST.TOMLBare | AST.TOMLQuoted
    const node = value(content, depth + names.length)
    holder.entries.set(nameOf(last), { key: at(last), node })
  }
  /** The map of that name, or the last of a list of maps; made where it is not there. */
  const inner = (map: Growing, name: AST.TOMLBare | AST.TOMLQuoted): Growing => {
    const known = map.entries.get(nameOf(name))?.node
    if (known?.kind === 'map') return known
    const last = known?.kind === 'list' ? known.items.at(-1) : undefined
    if (last?.kind === 'map') return last
    const node: Growing = { kind: 'map', entries: new Map(), place: at(name) }
    map.entries.set(nameOf(name), { key: at(name), node })
    return node
  }

  for (const node of program.body[0].body) {
    if (node.type === 'TOMLKeyValue') {
      put(root, node, 1)
      continue
    }
    const names = node.key.keys
    if (names.length > MAX_DEPTH) {
      tooDeep(at(node))
      continue
    }
    let table: Growing
    if (node.kind === 'standard') table = names.reduce(inner, root)
    else {
      const holder = names.slice(0, -1).reduce(inner, root)
      const last = names.at(-1) as AST.TOMLBare | AST.TOMLQuoted
      const known = holder.entries.get(nameOf(last))?.node
      const list =
        known?.kind === 'list' ? known : { kind: 'list' as const, items: [], place: at(last) }
      table = { kind: 'map', entries: new Map(), place: at(node) }
      list.items.push(table)
      if (list !== known) holder.entries.set(nameOf(last), { key: at(last), node: list })
    }
    for (const pair of node.body) put(table, pair, names.length + 1)
  }
  return problems.length > 0 ? problems : root
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value
}

/** What is missing at the end of a line is told by the parser where the next begins. */
function placeOf({ index, message }: ParseError, text: string): number {
  if (!/unspecified|unterminated/i.test(message)) return index
  const before = text.slice(0, index)
  return before.length - (/\r?\n$/.exec(before)?.[0].length ?? 0)
}

/** What the parser says, as a sentence that goes on after a place. */
function inWords(message: string): string {
  if (/redefin|duplicat|defining|already/i.test(message))
    return 'this name stands here for the second time'
  if (/unspecified values/i.test(message)) return 'a value is expected here'
  return `${message.slice(0, 1).toLowerCase()}${message.slice(1)}`
}
