import { type ConfigSource, configSource } from './config-source.ts'
import { type LayerName, messageAt, type Origin, textOrigin } from './origin.ts'
import { readJsonText } from './read-json.ts'
import { readTomlText } from './read-toml.ts'
import { readYamlText, type TextProblem } from './read-yaml.ts'
import { countValues, MAX_VALUES, type SourceTree } from './source-tree.ts'

export type ConfigFormat = 'yaml' | 'json' | 'jsonc' | 'toml'

/** More than this is no file that a person keeps. */
const MAX_LENGTH = 4_000_000

/** More problems of one text are not told. */
const MAX_PROBLEMS = 20

const READERS: Readonly<
  Record<ConfigFormat, (text: string, origin: Origin) => SourceTree | readonly TextProblem[]>
> = {
  yaml: readYamlText,
  json: (text, origin) => readJsonText(text, origin, { comments: false }),
  jsonc: (text, origin) => readJsonText(text, origin, { comments: true }),
  toml: readTomlText,
}

const FORMATS: Readonly<Record<string, ConfigFormat>> = {
  yaml: 'yaml',
  yml: 'yaml',
  json: 'json',
  jsonc: 'jsonc',
  toml: 'toml',
}

/** The format that a file's name ends with; YAML, which all else would be written in, where none is known. */
export function formatOf(path: string): ConfigFormat {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  return FORMATS[ending] ?? 'yaml'
}

export interface ReadOptions {
  /** By the name's ending unless given. */
  readonly format?: ConfigFormat
  /** `file` unless given. */
  readonly layer?: LayerName
  /** What to say of an empty text, after "it is empty". */
  readonly emptyHint?: string
  /** An empty text is an empty map. */
  readonly mayBeEmpty?: boolean
}

/**
 * Reads a text with settings. Never throws, whatever the text.
 *
 * @param name what to call it in messages: the file's name
 * @returns the problems instead, each in words with its place and its line
 */
export function readSource(
  name: string,
  text: string,
  { format = formatOf(name), layer = 'file', emptyHint = '', mayBeEmpty = false }: ReadOptions = {},
): ConfigSource | { readonly problems: string[] } {
  if (text.length > MAX_LENGTH)
    return {
      problems: [`${name}: it has ${text.length} characters, at most ${MAX_LENGTH} are read`],
    }
  const content = text.replace(/^\uFEFF/, '')
  const origin = textOrigin(layer, name, content)
  const odd = content.search(/[\0\uFFFD]/)
  if (odd !== -1)
    return { problems: [messageAt({ origin, offset: odd }, 'the file is not UTF-8 text')] }
  const read = parsed(format, content, origin)
  if ('problem' in read) return { problems: [`${name}: ${read.problem}`] }
  if ('faults' in read)
    return {
      problems: read.faults
        .slice(0, MAX_PROBLEMS)
        .map(({ offset, message }) => messageAt({ origin, offset }, message)),
    }
  const { tree } = read
  const nothing =
    (tree.kind === 'scalar' && tree.value === null) || (format === 'toml' && isEmpty(tree))
  if (nothing && mayBeEmpty)
    return configSource({ kind: 'map', entries: new Map(), place: { origin, offset: 0 } })
  if (nothing) return { problems: [`${name}: it is empty${emptyHint}`] }
  if (countValues(tree) > MAX_VALUES)
    return { problems: [`${name}: its aliases make more than ${MAX_VALUES} values of it`] }
  return configSource(tree)
}

function isEmpty(tree: SourceTree): boolean {
  return tree.kind === 'map' && tree.entries.size === 0
}

function parsed(
  format: ConfigFormat,
  text: string,
  origin: Origin,
): { tree: SourceTree } | { faults: readonly TextProblem[] } | { problem: string } {
  try {
    const read = READERS[format](text, origin)
    return 'kind' in read ? { tree: read } : { faults: read }
  } catch (cause) {
    // The parsers call themselves for what is inside, and end so where that is too much.
    if (cause instanceof RangeError)
      return { problem: 'what is in it is nested too deeply, or is one text that is too long' }
    return { problem: `it cannot be read: ${(cause as Error).message}` }
  }
}
