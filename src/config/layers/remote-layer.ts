import type { RemoteText } from '../../model/ports/remote-source.ts'
import { remoteOrigin } from '../../model/remote-spec.ts'
import { messageAt } from '../source/origin.ts'
import { readSource } from '../source/read-source.ts'
import type { SourceMap, SourceTree } from '../source/source-tree.ts'
import type { Layer } from './layer.ts'
import { remotePairsLayer, shownPath } from './named-values.ts'

/** Settings that say where settings come from. */
const OF_FILES: readonly string[] = ['include', 'profiles', 'envFiles', 'remote']

type Made = { readonly layer: Layer } | { readonly problems: readonly string[] }

/**
 * The layer that a remote source makes: stronger than files, weaker than the environment. Variables are
 * put into it as into files; it includes nothing, has no profiles, and names no other source.
 *
 * @param name what to call the source in messages
 * @param allow the settings that it may say; null for all others than those
 * @returns the problems instead, each with its line, or the key that it stands at
 */
export function remoteLayer(
  name: string,
  said: RemoteText,
  allow: readonly (readonly string[])[] | null = null,
): Made {
  const made = said.format === 'pairs' ? ofPairs(name, said) : ofText(name, said, said.format)
  if ('problems' in made) return made
  const problems = forbidden(made.layer.values, allow)
  return problems.length > 0 ? { problems } : made
}

function ofPairs(name: string, said: RemoteText): Made {
  const pairs = Object.entries(JSON.parse(said.text) as Readonly<Record<string, string>>)
  const { layer, problems } = remotePairsLayer(remoteOrigin(name, said), pairs)
  return problems.length > 0 ? { problems } : { layer }
}

function ofText(
  name: string,
  said: RemoteText,
  format: Exclude<RemoteText['format'], 'pairs'>,
): Made {
  const origin = remoteOrigin(name, said)
  const source = readSource(origin, said.text, { format, layer: 'remote', mayBeEmpty: true })
  if ('problems' in source) return source
  const { tree } = source
  if (tree.kind !== 'map')
    return { problems: [messageAt(tree.place, 'it has to be a map of settings')] }
  return { layer: { name: 'remote', origin, values: tree } }
}

/** More are a document of another kind. */
const MAX_PROBLEMS = 20

function forbidden(tree: SourceMap, allow: readonly (readonly string[])[] | null): string[] {
  const own = OF_FILES.flatMap((setting) => {
    const entry = tree.entries.get(setting)
    const message = `${setting}: this stands in a file, not in a remote source`
    return entry === undefined ? [] : [messageAt(entry.key, message)]
  })
  if (own.length > 0 || allow === null) return own
  const problems: string[] = []
  const walk = (node: SourceTree, path: readonly string[]): void => {
    if (problems.length >= MAX_PROBLEMS || allow.some((one) => holds(one, path))) return
    // Only what is allowed somewhere below is looked into.
    const leads =
      path.length === 0 ||
      allow.some((one) => one.length > path.length && holds(one.slice(0, path.length), path))
    if (node.kind === 'map' && leads && (node.entries.size > 0 || path.length === 0)) {
      for (const [name, entry] of node.entries) walk(entry.node, [...path, name])
      return
    }
    const allowed = allow.map((one) => one.join('.')).join(', ')
    const message = `${shownPath(path)}: a remote source may not say this, but ${allowed}`
    problems.push(messageAt(node.place, message))
  }
  walk(tree, [])
  return problems
}

/** Whether a path is what a pattern names, or something in it. */
function holds(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    path.length >= pattern.length &&
    pattern.every((step, index) => step === '*' || step === path[index])
  )
}
