import { basename, join } from 'node:path'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'
import type { Importer } from './source.ts'

/** What can be imported, with how each is loaded: only the one that is asked for. */
export const IMPORTERS = {
  supervisord: async () => (await import('./supervisord/import.ts')).importSupervisord,
  procfile: async () => (await import('./procfile/import.ts')).importProcfile,
} as const satisfies Readonly<Record<string, () => Promise<Importer>>>

export type Kind = keyof typeof IMPORTERS

export const KINDS = Object.keys(IMPORTERS) as readonly Kind[]

/** The kind that a path has by its name, or by what lies in it; null where it could be anything. */
export function kindOf(path: string, files: ForeignFiles): Kind | null {
  const name = basename(path).toLowerCase()
  if (/^procfile(\.|$)|\.procfile$/.test(name)) return 'procfile'
  if (/^supervisor.*\.(conf|ini)$|\.ini$/.test(name)) return 'supervisord'
  const text = files.readText(path)
  if (text !== null) {
    if (/^\[(program|supervisord|include|group):?/m.test(text)) return 'supervisord'
    return null
  }
  const inside = files.names(path) ?? []
  const found = WELL_KNOWN.find((one) => inside.includes(one))
  return found === undefined ? null : kindOf(join(path, found), files)
}

/** What is looked for in a directory that is named. */
const WELL_KNOWN = ['supervisord.conf', 'Procfile']

/** The file that is meant by a directory, for the kinds that are a file. */
export function mainFile(path: string, kind: Kind, files: ForeignFiles): string {
  const inside = files.names(path)
  if (inside === null) return path
  const found = WELL_KNOWN.find(
    (one) => inside.includes(one) && kindOf(join(path, one), files) === kind,
  )
  return found === undefined ? path : join(path, found)
}
