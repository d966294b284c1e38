import { basename, join } from 'node:path'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'
import type { Importer } from './source.ts'

/** What can be imported, with how each is loaded: only the one that is asked for. */
export const IMPORTERS = {
  supervisord: async () => (await import('./supervisord/import.ts')).importSupervisord,
  procfile: async () => (await import('./procfile/import.ts')).importProcfile,
  compose: async () => (await import('./compose/import.ts')).importCompose,
  'process-compose': async () => (await import('./process-compose/import.ts')).importProcessCompose,
  pm2: async () => (await import('./pm2/import.ts')).importPm2,
  systemd: async () => (await import('./systemd/import.ts')).importSystemd,
  runit: async () => (await import('./service-directories/import.ts')).importRunit,
  s6: async () => (await import('./service-directories/import.ts')).importS6,
  nssm: async () => (await import('./nssm/import.ts')).importNssm,
  winsw: async () => (await import('./winsw/import.ts')).importWinsw,
  'node-windows': async () => (await import('./node-windows/import.ts')).importNodeWindows,
} as const satisfies Readonly<Record<string, () => Promise<Importer>>>

export type Kind = keyof typeof IMPORTERS

export const KINDS = Object.keys(IMPORTERS) as readonly Kind[]

/** The kind that a path has by its name, or by what lies in it; null where it could be anything. */
export function kindOf(path: string, files: ForeignFiles): Kind | null {
  const name = basename(path).toLowerCase()
  if (/^procfile(\.|$)|\.procfile$/.test(name)) return 'procfile'
  if (/^supervisor.*\.(conf|ini)$|\.ini$/.test(name)) return 'supervisord'
  if (/^process-compose.*\.ya?ml$/.test(name)) return 'process-compose'
  if (/^(docker-)?compose.*\.ya?ml$/.test(name)) return 'compose'
  if (/^(ecosystem|pm2|processes)\b.*\.([cm]?js|json5?|ya?ml)$/.test(name)) return 'pm2'
  if (name.endsWith('.service')) return 'systemd'
  if (name.endsWith('.reg')) return 'nssm'
  const text = files.readText(path)
  if (text !== null) {
    if (text.trimStart().startsWith('<') && /<service[\s>]/.test(text))
      return /<argument>[^<]*wrapper\.js\s*<\/argument>/.test(text) ? 'node-windows' : 'winsw'
    if (/^\[Service\]\s*$/m.test(text)) return 'systemd'
    if (/\.(ya?ml|json)$/.test(name)) {
      if (/^["{\s]*processes"?\s*:/m.test(text)) return 'process-compose'
      if (/^["{\s]*services"?\s*:/m.test(text)) return 'compose'
      if (/^["{\s]*apps"?\s*:/m.test(text)) return 'pm2'
    }
    if (/^\[(program|supervisord|include|group):?/m.test(text)) return 'supervisord'
    return null
  }
  const inside = files.names(path) ?? []
  const found = inside.find((one) => WELL_KNOWN.test(one))
  if (found !== undefined) return kindOf(join(path, found), files)
  if (inside.some((one) => one.endsWith('.service') && files.readText(join(path, one)) !== null))
    return 'systemd'
  return kindOfDirectories(path, inside, files)
}

/** What is looked for in a directory that is named. */
const WELL_KNOWN =
  /^(supervisord\.conf|Procfile|(docker-|process-)?compose\.ya?ml|ecosystem\.config\.([cm]?js|json|ya?ml))$/

/** runit and s6 look alike: files that only one of them knows tell them apart. */
function kindOfDirectories(
  path: string,
  inside: readonly string[],
  files: ForeignFiles,
): Kind | null {
  const all =
    inside.includes('run') && files.names(join(path, 'run')) === null
      ? [inside]
      : inside.slice(0, 200).map((name) => namesOf(join(path, name), files))
  if (inside.includes('.s6-svscan')) return 's6'
  if (!all.some((names) => names.includes('run') || names.includes('type'))) return null
  const s6 = [
    'notification-fd',
    'type',
    'timeout-kill',
    'timeout-finish',
    'data',
    'event',
    'down-signal',
  ]
  return all.some((names) => s6.some((one) => names.includes(one))) ? 's6' : 'runit'
}

/** None for what is no directory, and for a link that leads round in a circle. */
function namesOf(path: string, files: ForeignFiles): readonly string[] {
  try {
    return files.names(path) ?? []
  } catch {
    return []
  }
}

/** The file that is meant by a directory, for the kinds that are a file. */
export function mainFile(path: string, kind: Kind, files: ForeignFiles): string {
  const inside = files.names(path)
  if (inside === null) return path
  const found = inside.find(
    (one) => WELL_KNOWN.test(one) && kindOf(join(path, one), files) === kind,
  )
  return found === undefined ? path : join(path, found)
}
