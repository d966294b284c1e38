import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import type { Origin, Place } from './origin.ts'
import { MAX_DEPTH, type SourceEntry, type SourceTree } from './source-tree.ts'

/** How often aliases may be used in all. */
const MAX_ALIASES = 10_000

/** Something wrong at an offset of a text, in words. */
export interface TextProblem {
  readonly offset: number
  readonly message: string
}

/**
 * Reads YAML 1.2 (core schema) with the merge keys of YAML 1.1.
 *
 * @returns the tree, or every problem that was found
 */
export function readYamlText(text: string, origin: Origin): SourceTree | readonly TextProblem[] {
  // The parser compares each name with all others; `converted` looks it up.
  const document = parsed(text, { uniqueKeys: false })
  if (faultsOf(document).length > 0)
    return faultsOf(parsed(text, { uniqueKeys: true })).map((fault) => ({
      offset: fault.pos[0],
      message: inWords(fault.message),
    }))
  const { tree, problems } = converted(document.contents as Node | null, origin)
  return problems.length > 0 ? problems : tree
}

function parsed(text: string, options: { readonly uniqueKeys: boolean }) {
  return parseDocument(text, {
    ...options,
    prettyErrors: false,
    strict: true,
    merge: true,
    // Without this it would write warnings on standard error by itself.
    logLevel: 'error',
  })
}

/** A warning is about a tag that nobody knows: what it would mean is not what is read. */
function faultsOf({ errors, warnings }: ReturnType<typeof parsed>) {
  return [...errors, ...warnings]
}

function converted(
  contents: Node | null,
  origin: Origin,
): { tree: SourceTree; problems: TextProblem[] } {
  const problems: TextProblem[] = []
  const anchors = new Map<string, Node>()
  const made = new Map<Node, SourceTree>()
  let aliases = 0

  const convert = (node: unknown, around: Place, depth: number): SourceTree => {
    const place = isNode(node) && node.range != null ? { origin, offset: node.range[0] } : around
    const nothing: SourceTree = { kind: 'scalar', value: null, written: null, place }
    const complain = (message: string): SourceTree => {
      problems.push({ offset: place.offset, message })
      return nothing
    }
    if (depth > MAX_DEPTH) return complain('what is here is nested too deeply')
    if (isAlias(node)) return follow(node, place, complain)
    if (!isNode(node)) return nothing
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    let tree: SourceTree = nothing
    if (isScalar(node)) {
      const { value, source } = node
      if (typeof value === 'string') tree = { kind: 'scalar', value, written: null, place }
      else if (typeof value === 'number' || typeof value === 'boolean')
        tree = { kind: 'scalar', value, written: source ?? null, place }
      else if (value !== null && value !== undefined) tree = complain('this is no plain value')
    } else if (isSeq(node)) {
      const items = node.items.map((item) => convert(item, place, depth + 1))
      tree = { kind: 'list', items, place }
    } else if (isMap(node)) tree = { kind: 'map', entries: entriesOf(node, place, depth), place }
    made.set(node, tree)
    return tree
  }

  const follow = (
    alias: Alias,
    place: Place,
    complain: (message: string) => SourceTree,
  ): SourceTree => {
    aliases += 1
    if (aliases === MAX_ALIASES + 1) return complain(`there are more than ${MAX_ALIASES} aliases`)
    const target = anchors.get(alias.source)
    if (target === undefined) return complain(`there is no anchor &${alias.source} before it`)
    const tree = made.get(target)
    if (tree === undefined) return complain(`*${alias.source} would contain itself`)
    return { ...tree, place }
  }

  const entriesOf = (map: YAMLMap, around: Place, depth: number): Map<string, SourceEntry> => {
    const own = new Map<string, SourceEntry>()
    const merged = new Map<string, SourceEntry>()
    for (const { key, value } of map.items) {
      const at = isNode(key) && key.range != null ? { origin, offset: key.range[0] } : around
      const complain = (message: string): number => problems.push({ offset: at.offset, message })
      if (isNode(key) && !isAlias(key) && key.anchor !== undefined) anchors.set(key.anchor, key)
      if (isMergeKey(key)) {
        const from = convert(value, at, depth + 1)
        for (const one of from.kind === 'list' ? from.items : [from]) {
          if (one.kind !== 'map') complain('"<<" takes a map, or a list of maps')
          else
            for (const [name, entry] of one.entries) if (!merged.has(name)) merged.set(name, entry)
        }
        continue
      }
      if (!isScalar(key)) {
        complain('this is no name: one is a plain text')
        continue
      }
      const name = key.value === null ? '' : String(key.value)
      if (isScalar(key)) made.set(key, { kind: 'scalar', value: name, written: null, place: at })
      if (own.has(name)) complain('this name stands here for the second time')
      own.set(name, { key: at, node: convert(value, at, depth + 1) })
    }
    // What is written in the map itself wins, wherever the merge key stands.
    for (const [name, entry] of merged) if (!own.has(name)) own.set(name, entry)
    return own
  }

  const tree = convert(contents, { origin, offset: 0 }, 0)
  return { tree, problems }
}

function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.type !== 'PLAIN') return false
  return key.source === '<<' || key.value === '<<'
}

/** What the parser of YAML says, where it can be said better. */
function inWords(message: string): string {
  if (message === 'Map keys must be unique') return 'this name stands here for the second time'
  if (/^Tabs are not allowed/.test(message))
    return 'a tab indents this line; YAML takes blanks only'
  if (/multiple documents/.test(message)) return 'a second document begins; there can be one only'
  if (/call stack/.test(message)) return 'what is here is nested too deeply'
  return message
}
