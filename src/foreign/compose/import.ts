import { dirname } from 'node:path'
import { type Draft, emptyDraft, lose } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { type Importer, shown } from '../source.ts'
import { invalid, isMap, readStructure } from '../structure.ts'
import { addComposeService } from './service.ts'

const TOP = [
  'version',
  'name',
  'services',
  'volumes',
  'networks',
  'secrets',
  'configs',
  'include',
  'models',
]

/** The services of a compose file (the Compose Specification) that say what they run. */
export const importCompose: Importer = (source) => {
  const draft = emptyDraft()
  const root = readStructure(source)
  const file = shown(source, source.path)
  const services = root.at('services')
  if (services === null || !isMap(services.value))
    throw invalid(file, [`${file}:1: there are no services in it`])
  draft.notes.push(`Made by "stead import compose" out of ${file}.`)
  draft.notes.push(
    'The programs run on the machine itself, out of no image: what they need has to be installed.',
  )
  const name = root.at('name')?.text()
  if (name != null && /^[a-z0-9][a-z0-9_-]*$/.test(name)) draft.project = name
  const directory = dirname(source.path)
  for (const [service, node] of services.members())
    addComposeService(service, node, { source, draft, directory })
  for (const [setting, { place }] of root.members()) {
    if (setting.startsWith('x-') || ['version', 'name', 'services'].includes(setting)) continue
    const why = TOP.includes(setting) ? 'it is about containers' : unknownSetting(setting, TOP)
    const instead = setting === 'include' ? 'import those files as well' : null
    lose(draft, { service: null, setting, ...place, why, instead })
  }
  tellOfDotEnv(draft, source.files.readText(`${directory}/.env`) !== null)
  return draft
}

function tellOfDotEnv(draft: Draft, there: boolean): void {
  if (!there) return
  const why =
    'compose puts its variables into the file; stead puts in those of the environment of the guard'
  lose(draft, {
    service: null,
    setting: '.env',
    file: '.env',
    line: 1,
    why,
    instead: 'set -a; . ./.env; stead up',
  })
}
