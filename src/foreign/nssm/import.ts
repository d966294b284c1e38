import type { RegistryKey } from '../../model/registry-tree.ts'
import { type Draft, emptyDraft, lose } from '../draft.ts'
import { type Importer, type Source, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { readRegFile } from './reg-file.ts'
import { addNssmService } from './service.ts'
import { nssmValues } from './values.ts'

const SERVICE = /\\SYSTEM\\(?:CurrentControlSet|ControlSet\d{3})\\Services\\([^\\]+)$/i

/**
 * The services that nssm (2.24 and the 2.25 that was never released) runs: the keys below
 * `HKLM\SYSTEM\CurrentControlSet\Services\NAME\Parameters`, out of a file of `reg export` or the registry.
 */
export const importNssm: Importer = (source) => {
  const draft = emptyDraft()
  const file = shown(source, source.path)
  const keys = source.registry ?? readRegFile(file, textOf(source))
  const byPath = new Map(keys.map((key) => [key.path.toLowerCase(), key]))
  const below = (key: RegistryKey, child: string) =>
    byPath.get(`${key.path}\\${child}`.toLowerCase()) ?? null
  draft.notes.push(`Made by "stead import nssm" out of ${file}.`)
  let others = 0
  for (const key of keys) {
    const name = SERVICE.exec(key.path)?.[1]
    if (name === undefined) continue
    const parameters = below(key, 'Parameters')
    if (parameters === null || nssmValues(parameters, file).text('Application') === null) {
      others += 1
      loseOther(draft, file, name, key)
      continue
    }
    const hooks = keys.filter(({ path }) =>
      path.toLowerCase().startsWith(`${parameters.path}\\AppEvents\\`.toLowerCase()),
    )
    addNssmService({
      name,
      key,
      parameters,
      exits: below(parameters, 'AppExit'),
      hooks,
      file,
      source,
      draft,
    })
  }
  if (draft.services.length === 0 && others === 0)
    throw invalid(file, [
      `${file}:1: there is no key ...\\SYSTEM\\CurrentControlSet\\Services\\NAME in it`,
    ])
  if (draft.services.length > 0 && source.registry === undefined)
    draft.notes.push('Paths are those of the machine that it was installed on.')
  return draft
}

function textOf({ path, files }: Source): string {
  return files.readText(path) ?? ''
}

function loseOther(draft: Draft, file: string, name: string, { line }: RegistryKey): void {
  const why = 'it is no service of nssm: its Parameters have no Application'
  lose(draft, { service: name, setting: '', file, line, why, instead: null })
}
