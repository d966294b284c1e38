import type { RemoteText } from '../../model/ports/remote-source.ts'
import { messageAt } from '../source/origin.ts'
import { readSource } from '../source/read-source.ts'
import type { Layer } from './layer.ts'

/**
 * The layer that a remote source makes: stronger than files, weaker than the environment. Variables are
 * put into it as into files; it includes nothing, and has no profiles.
 *
 * @param name what to call the source in messages
 * @returns the problems instead, each with its line
 */
export function remoteLayer(
  name: string,
  { text, format }: Pick<RemoteText, 'text' | 'format'>,
): { readonly layer: Layer } | { readonly problems: readonly string[] } {
  const source = readSource(name, text, { format, layer: 'remote', mayBeEmpty: true })
  if ('problems' in source) return source
  const { tree } = source
  if (tree.kind !== 'map')
    return { problems: [messageAt(tree.place, 'it has to be a map of settings')] }
  const problems = ['include', 'profiles', 'envFiles'].flatMap((setting) => {
    const entry = tree.entries.get(setting)
    const message = `${setting}: this stands in a file, not in a remote source`
    return entry === undefined ? [] : [messageAt(entry.key, message)]
  })
  return problems.length > 0
    ? { problems }
    : { layer: { name: 'remote', origin: name, values: tree } }
}
