import { SteadError } from '../errors.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { type Locate, parseSpec } from './parse-spec.ts'
import { placeOf } from './source/config-source.ts'
import { placeText } from './source/origin.ts'
import { readSource } from './source/read-source.ts'

/** More than this is no description of a service. */
const MAX_LENGTH = 1_000_000

/**
 * Reads a file that describes one service: YAML, JSON, JSONC or TOML, by the ending of its name.
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
  const source = readSource(path, text)
  if ('problems' in source) return refuse(...source.problems)
  const locate: Locate = (path) => {
    const place = placeOf(source.tree, { path, message: '' })
    const { line } = place.origin.position(place.offset)
    return { at: placeText(place), line: place.origin.rows[line - 1] ?? '' }
  }
  return parseSpec(source.value, path, locate)
}
