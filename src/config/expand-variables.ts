import type { FileProblem } from './source/config-source.ts'
import type { LayerName } from './source/origin.ts'
import { plainValue, type SourceEntry, type SourceTree } from './source/source-tree.ts'

/** Aliases can make a small file mean a huge value: it is read no further than this. */
const MAX_VALUES = 1_000_000

/** Settings whose members are texts, however they look: `1.10` is not 1.1 there. */
const TEXTS: ReadonlySet<PropertyKey> = new Set(['env', 'labels', 'command', 'exec'])

/** Where variables stand for values: what comes from variables and arguments is taken as it is. */
const EXPANDED: ReadonlySet<LayerName> = new Set(['file', 'remote'])

export interface Expanded {
  /** The same tree, with the values in it. */
  readonly tree: SourceTree
  readonly value: unknown
  readonly problems: readonly FileProblem[]
}

/**
 * Puts values for `${VAR}` and `${VAR:default}` into every text of files and remote sources; `$$` is one
 * `$`. What is put in is not looked at again.
 *
 * @param texts settings whose members are texts, however they look; those of our own files unless given
 * @returns the values, and a problem for each variable that is not there and has no default
 */
export function expandVariables(
  source: { readonly tree: SourceTree },
  env: Readonly<Record<string, string | undefined>>,
  texts: ReadonlySet<PropertyKey> = TEXTS,
): Expanded {
  const problems: FileProblem[] = []
  let values = 0
  const walk = (node: SourceTree, path: readonly PropertyKey[]): SourceTree => {
    values += 1
    if (values === MAX_VALUES)
      problems.push({ path: [], message: `its aliases make more than ${MAX_VALUES} values of it` })
    if (values >= MAX_VALUES)
      return { kind: 'scalar', value: null, written: null, place: node.place }
    if (node.kind === 'list')
      return { ...node, items: node.items.map((item, index) => walk(item, [...path, index])) }
    if (node.kind === 'map') {
      const entries = [...node.entries].map(([name, { key, node: inner }]) => {
        if (name === '__proto__')
          problems.push({ path: [...path, name], message: 'this is no name', key: true })
        return [name, { key, node: walk(inner, [...path, name]) } satisfies SourceEntry] as const
      })
      return { ...node, entries: new Map(entries) }
    }
    if (typeof node.value === 'string') {
      if (!EXPANDED.has(node.place.origin.layer)) return node
      return {
        ...node,
        value: expandText(node.value, env, (message) => problems.push({ path, message })),
      }
    }
    const isText = node.written !== null && texts.has(path.at(-2) ?? '')
    return isText ? { ...node, value: node.written, written: null } : node
  }
  const tree = walk(source.tree, [])
  return { tree, value: plainValue(tree), problems }
}

/** One text with the values in it; what is wrong is told, and left as it stands. */
export function expandText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  tell: (problem: string) => void,
): string {
  if (!text.includes('$')) return text
  return text.replace(
    /\$\$|\$\{([^}:]*)(?::([^}]*))?(\}?)/g,
    (whole, name: string | undefined, fallback: string | undefined, end: string | undefined) => {
      if (name === undefined) return '$'
      const complain = (message: string): string => {
        tell(message)
        return whole
      }
      if (end === '') return complain('a "${" is not closed; one writes "$${" for the characters')
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        return complain(`${JSON.stringify(name)} is no name of a variable`)
      const value = env[name]
      if (value !== undefined) return value
      if (fallback === undefined)
        return complain(`the variable ${name} is not set; \${${name}:…} gives it a default`)
      if (fallback.startsWith('-'))
        return complain(`a default is written \${${name}:${fallback.slice(1)}}, without "-"`)
      return fallback
    },
  )
}
