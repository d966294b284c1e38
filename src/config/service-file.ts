import { isNode, LineCounter, parseDocument } from 'yaml'
import { SteadError } from '../errors.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { type Locate, parseSpec } from './parse-spec.ts'

/** More than this is no description of a service. */
const MAX_LENGTH = 1_000_000

/**
 * Reads a file that describes one service, in YAML (and so in JSON).
 *
 * @param path the file's name, for messages
 * @throws SPEC_INVALID with every problem, each with file, line, column and the line itself
 */
export function parseServiceFile(path: string, text: string): ServiceSpec {
  const refuse = (...problems: string[]): never => {
    throw new SteadError('SPEC_INVALID', { source: path, problems })
  }
  if (text.length > MAX_LENGTH)
    refuse(`it has ${text.length} characters, at most ${MAX_LENGTH} are read`)
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
  })
  const source = text.split('\n')
  const at = (offset: number): { at: string; line: string } => {
    const { line, col } = lines.linePos(offset)
    return { at: `${path}:${line}:${col}`, line: source[line - 1] ?? '' }
  }
  // A warning is about a tag that nobody knows: what it would mean is not what is read.
  const problems = [...document.errors, ...document.warnings]
  if (problems.length > 0) {
    refuse(...problems.map((error) => `${at(error.pos[0]).at}: ${error.message}`))
  }
  if (document.contents === null) refuse('it is empty')
  const locate: Locate = (path) => {
    // The setting may be the one that is missing: then its surroundings are the place.
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range != null) return at(node.range[0])
    }
    return null
  }
  let raw: unknown
  try {
    // Aliases are refused beyond a few: they are how a small file becomes a huge value.
    raw = document.toJS({ maxAliasCount: 20 })
  } catch (cause) {
    return refuse((cause as Error).message)
  }
  return parseSpec(raw, path, locate)
}
