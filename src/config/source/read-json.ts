import { createRequire } from 'node:module'
import type { Node, ParseError } from 'jsonc-parser'
import type { Origin } from './origin.ts'
import type { TextProblem } from './read-yaml.ts'
import { MAX_DEPTH, type SourceEntry, type SourceTree } from './source-tree.ts'

/** Loaded when there is JSON to read: most configurations are YAML, and a start waits for each module. */
const load = (): typeof import('jsonc-parser') => createRequire(import.meta.url)('jsonc-parser')

/**
 * Reads JSON (RFC 8259); with `comments` also what editors call JSONC: `//`, block comments, and a comma
 * after the last member.
 *
 * @returns the tree, or every problem that was found
 */
export function readJsonText(
  text: string,
  origin: Origin,
  { comments }: { readonly comments: boolean },
): SourceTree | readonly TextProblem[] {
  const { parseTree, printParseErrorCode } = load()
  const errors: ParseError[] = []
  const root = parseTree(text, errors, {
    allowTrailingComma: comments,
    disallowComments: !comments,
    allowEmptyContent: true,
  })
  if (errors.length > 0)
    return errors.map(({ error, offset }) => ({
      offset,
      message: inWords(printParseErrorCode(error), comments, text.slice(0, offset)),
    }))
  const problems: TextProblem[] = []
  const convert = (node: Node, depth: number): SourceTree => {
    const place = { origin, offset: node.offset }
    const nothing: SourceTree = { kind: 'scalar', value: null, written: null, place }
    if (depth > MAX_DEPTH) {
      problems.push({ offset: node.offset, message: 'what is here is nested too deeply' })
      return nothing
    }
    const { type, children = [] } = node
    if (type === 'array')
      return { kind: 'list', items: children.map((child) => convert(child, depth + 1)), place }
    if (type === 'object') {
      const entries = new Map<string, SourceEntry>()
      for (const { children: [key, value] = [] } of children) {
        if (key === undefined || value === undefined) continue
        const name = String(key.value)
        if (entries.has(name)) {
          const message = 'this name stands here for the second time'
          problems.push({ offset: key.offset, message })
        }
        const at = { origin, offset: key.offset }
        entries.set(name, { key: at, node: convert(value, depth + 1) })
      }
      return { kind: 'map', entries, place }
    }
    if (type === 'null') return nothing
    const written = type === 'string' ? null : text.slice(node.offset, node.offset + node.length)
    return { kind: 'scalar', value: node.value as string | number | boolean, written, place }
  }
  const tree: SourceTree =
    root === undefined
      ? { kind: 'scalar', value: null, written: null, place: { origin, offset: 0 } }
      : convert(root, 0)
  return problems.length > 0 ? problems : tree
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is neither a text in quotes, a number, true, false nor null',
  InvalidNumberFormat: 'this is no number as JSON has them',
  PropertyNameExpected: 'a name in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a ":" is expected here',
  CommaExpected: 'a "," is expected here',
  CloseBraceExpected: 'a "}" is expected here',
  CloseBracketExpected: 'a "]" is expected here',
  EndOfFileExpected: 'nothing more is expected here',
  UnexpectedEndOfComment: 'the comment is not closed',
  UnexpectedEndOfString: 'the text is not closed with a quote',
  UnexpectedEndOfNumber: 'the number has no end',
  InvalidUnicode: '"\\u" takes four hexadecimal digits',
  InvalidEscapeCharacter: 'this is no escape of JSON',
  InvalidCharacter: 'a control character stands in the text; JSON escapes them',
}

function inWords(code: string, comments: boolean, before: string): string {
  if (code === 'InvalidCommentToken')
    return 'JSON has no comments; a file that is called .jsonc may have them'
  if (!comments && /Expected$/.test(code) && /,\s*$/.test(before))
    return 'something is expected after the comma; only a file that is called .jsonc may end with one'
  return WORDS[code] ?? 'this is not JSON'
}
