import { readYaml, type YamlSource } from '../config/yaml-source.ts'
import { SteadError } from '../errors.ts'
import type { Place } from './loss.ts'
import { type Source, shown } from './source.ts'

/** A value of a foreign file with the way to it, so that its line can be told. */
export interface Node {
  readonly value: unknown
  readonly place: Place
  /** The members of a map, in order; none for anything else. */
  members(): [string, Node][]
  /** The members of a list; none for anything else. */
  items(): Node[]
  /** A member of a map; null where it is not there, or says nothing. */
  at(name: string): Node | null
  /** A text; numbers and truth values as they are written. Null for anything else. */
  text(): string | null
}

type Lines = (path: readonly PropertyKey[]) => number
type Written = (path: readonly PropertyKey[]) => string | null

/** A node of a value that has been read already. */
export function nodeOf(
  value: unknown,
  file: string,
  lineOf: Lines,
  written: Written = () => null,
): Node {
  const make = (one: unknown, path: readonly PropertyKey[]): Node => ({
    value: one,
    // The line is looked for where it is asked for, since that takes its time.
    place: {
      file,
      get line() {
        return lineOf(path)
      },
    },
    members: () =>
      isMap(one)
        ? Object.entries(one).map(([name, item]) => [name, make(item, [...path, name])])
        : [],
    items: () => (Array.isArray(one) ? one.map((item, index) => make(item, [...path, index])) : []),
    at: (name) =>
      isMap(one) && Object.hasOwn(one, name) && one[name] !== null && one[name] !== undefined
        ? make(one[name], [...path, name])
        : null,
    text() {
      if (typeof one === 'string') return one
      return typeof one === 'number' || typeof one === 'boolean'
        ? (written(path) ?? String(one))
        : null
    },
  })
  return make(value, [])
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A file of YAML or JSON. @throws FILE_UNREADABLE, FOREIGN_INVALID */
export function readStructure(source: Source): Node {
  const { path } = source
  const text = source.files.readText(path)
  if (text === null)
    throw new SteadError('FILE_UNREADABLE', { path, reason: 'there is no such file' })
  const file = shown(source, path)
  const read: YamlSource | { problems: string[] } = readYaml(file, text)
  if ('problems' in read) throw invalid(file, read.problems)
  if (!isMap(read.value) && !Array.isArray(read.value))
    throw invalid(file, [`${file}:1: there is no map of settings in it`])
  checkSize(read.value, file)
  return nodeOf(read.value, file, read.lineOf, read.written)
}

export function invalid(source: string, problems: readonly string[]): SteadError {
  return new SteadError('FOREIGN_INVALID', { source, problems })
}

/** Aliases make much of little; no configuration that people write has so many values. */
const MAX_VALUES = 100_000
const MAX_DEPTH = 50

/** @throws FOREIGN_INVALID */
export function checkSize(value: unknown, file: string): void {
  let count = 0
  const walk = (one: unknown, depth: number): void => {
    count += 1
    if (count > MAX_VALUES || depth > MAX_DEPTH)
      throw invalid(file, [`${file}: its values are more than ${MAX_VALUES}, or nested too deeply`])
    if (typeof one === 'object' && one !== null)
      for (const item of Object.values(one)) walk(item, depth + 1)
  }
  walk(value, 0)
}
