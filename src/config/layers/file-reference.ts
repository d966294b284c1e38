import { suggest } from '../../model/suggest.ts'
import { expandText } from '../expand-variables.ts'
import { messageAt, type Place } from '../source/origin.ts'
import type { SourceTree } from '../source/source-tree.ts'

/** A file that another names, in `include` or `envFiles`. */
export interface FileReference {
  /** As it is written, with variables put in. */
  readonly file: string
  readonly optional: boolean
  readonly place: Place
}

type Env = Readonly<Record<string, string | undefined>>

/** The files that a setting names: a text, `{ file: …, optional: true }`, or a list of those. */
export function fileReferences(
  setting: string,
  node: SourceTree,
  env: Env,
): { readonly references: readonly FileReference[]; readonly problems: readonly string[] } {
  const problems: string[] = []
  const references = (node.kind === 'list' ? node.items : [node]).flatMap(
    (one): FileReference[] => {
      const complain = (message: string, place = one.place): [] => {
        problems.push(messageAt(place, `${setting}: ${message}`))
        return []
      }
      const named = (file: SourceTree | undefined, optional: boolean): FileReference[] => {
        if (file?.kind !== 'scalar' || typeof file.value !== 'string' || file.value === '')
          return complain('it has to be the name of a file, or { file: NAME, optional: true }')
        const text = expandText(file.value, env, (message) => complain(message, file.place))
        return [{ file: text, optional, place: file.place }]
      }
      if (one.kind !== 'map') return named(one, false)
      for (const [name, { key }] of one.entries) {
        if (name === 'file' || name === 'optional') continue
        const near = suggest(name, ['file', 'optional'])
        complain(`there is no such setting${near === null ? '' : `; did you mean ${near}?`}`, key)
      }
      const optional = one.entries.get('optional')?.node
      if (
        optional !== undefined &&
        (optional.kind !== 'scalar' || typeof optional.value !== 'boolean')
      )
        complain('optional is true or false', optional.place)
      return named(
        one.entries.get('file')?.node,
        optional?.kind === 'scalar' && optional.value === true,
      )
    },
  )
  return { references, problems }
}
