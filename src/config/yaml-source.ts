import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'

/** More than this is no file that a person keeps. */
const MAX_LENGTH = 4_000_000

/** How often aliases may be used in all; what they expand to is counted where it is read. */
const MAX_ALIASES = 10_000

/** Something wrong at a place of a file; `path` is the setting, `key` says that its name is meant. */
export interface FileProblem {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly key?: boolean
}

/** A YAML file and the places of what is in it. */
export interface YamlSource {
  readonly value: unknown
  /** The text of a plain value as it stands in the file: `1.10` where the value is 1.1. */
  written(path: readonly PropertyKey[]): string | null
  /** The line of a setting, from 1; of what surrounds it where it is not there. */
  lineOf(path: readonly PropertyKey[]): number
  /**
   * Problems in words, in the order of the file: place, setting, message, and the line with a mark
   * under the place.
   */
  describe(problems: readonly FileProblem[]): string[]
}

/**
 * Reads YAML 1.2 with merge keys.
 *
 * @param path the file's name, for messages
 * @returns the problems instead, where it is not YAML at all
 */
export function readYaml(path: string, text: string): YamlSource | { problems: string[] } {
  if (text.length > MAX_LENGTH)
    return {
      problems: [`${path}: it has ${text.length} characters, at most ${MAX_LENGTH} are read`],
    }
  const content = text.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const rows = content.split(/\r?\n/)
  const show = (offset: number, message: string): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}: ${message}${excerpt(rows[line - 1] ?? '', line, col)}`
  }
  const odd = content.search(/[\0\uFFFD]/)
  if (odd !== -1) {
    for (let at = content.indexOf('\n'); at !== -1; at = content.indexOf('\n', at + 1))
      lines.addNewLine(at + 1)
    lines.lineStarts.unshift(0)
    return { problems: [show(odd, 'the file is not UTF-8 text')] }
  }
  const document = parseDocument(content, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    merge: true,
    // Without this it would write warnings on standard error by itself.
    logLevel: 'error',
  })
  // A warning is about a tag that nobody knows: what it would mean is not what is read.
  const faults = [...document.errors, ...document.warnings]
  if (faults.length > 0)
    return {
      problems: faults.slice(0, 20).map((fault) => show(fault.pos[0], inWords(fault.message))),
    }
  if (document.contents === null || isNothing(document.contents))
    return { problems: [`${path}: it is empty; one writes "services:" and below it their names`] }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (cause) {
    return { problems: [`${path}: ${(cause as Error).message}`] }
  }
  return {
    value,
    written(path) {
      const node = find(document, path)?.value
      return isScalar(node) && typeof node.source === 'string' ? node.source : null
    },
    lineOf: (path) => lines.linePos(offsetOf(document, { path, message: '', key: true })).line,
    describe(problems) {
      return problems
        .map((problem) => ({ problem, offset: offsetOf(document, problem) }))
        .sort((a, b) => a.offset - b.offset)
        .map(({ problem: { path: at, message }, offset }) => {
          const setting = at.map(String).join('.')
          return show(offset, setting === '' ? message : `${setting}: ${message}`)
        })
    },
  }
}

function offsetOf(document: Document, { path, key = false }: FileProblem): number {
  // What is missing has no place of its own: then the name of what surrounds it is the place.
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const found = find(document, path.slice(0, depth))
    if (found === null) continue
    const named = key || depth < path.length || !isPlain(found.value)
    const node = named ? (found.key ?? found.value) : found.value
    if (node?.range != null) return node.range[0]
  }
  return 0
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null
}

function isPlain(node: Node | null): boolean {
  return isScalar(node) || isAlias(node) || isSeq(node)
}

interface Found {
  /** The node of its name; null for members of a list and for the whole. */
  readonly key: Node | null
  readonly value: Node | null
}

function find(document: Document, path: readonly PropertyKey[]): Found | null {
  let found: Found = { key: null, value: asNode(document.contents) }
  for (const step of path) {
    const parent = resolved(document, found.value)
    const next = isSeq(parent)
      ? { key: null, value: asNode(parent.items[Number(step)]) }
      : member(document, parent, String(step))
    if (next === null || (next.key === null && next.value === null)) return null
    found = next
  }
  return found
}

function member(document: Document, map: Node | null, name: string, depth = 0): Found | null {
  if (!isMap(map) || depth > 20) return null
  for (const pair of map.items) {
    if (isPair(pair) && isScalar(pair.key) && String(pair.key.value) === name)
      return { key: pair.key, value: asNode(pair.value) }
  }
  for (const pair of map.items) {
    if (!isScalar(pair.key) || (pair.key.source ?? pair.key.value) !== '<<') continue
    const merged = resolved(document, asNode(pair.value))
    for (const from of isSeq(merged) ? merged.items : [merged]) {
      const found = member(document, resolved(document, asNode(from)), name, depth + 1)
      if (found !== null) return found
    }
  }
  return null
}

function resolved(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? asNode(node.resolve(document)) : node
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null
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

/** Longest part of a line that is shown. */
const WIDTH = 100

function excerpt(row: string, line: number, column: number): string {
  const from = Math.max(0, column - 1 - WIDTH / 2)
  const shown = row.slice(from, from + WIDTH).replaceAll('\t', ' ')
  if (shown.trim() === '') return ''
  const margin = ' '.repeat(String(line).length)
  return `\n  ${line} | ${shown}\n  ${margin} | ${' '.repeat(column - 1 - from)}^`
}
