import { basename, dirname, join } from 'node:path'
import { SteadError } from '../../errors.ts'
import { type Draft, emptyDraft, lose } from '../draft.ts'
import { type Importer, type Source, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { setDependencies, type UnitOf } from './dependencies.ts'
import { addUnit } from './service.ts'
import { addSockets, isPerConnection, serviceOfSocket } from './sockets.ts'
import { type Assignment, readUnit } from './unit-file.ts'

const OTHERS = /\.(timer|path|mount|automount|target|slice|swap|device|scope)$/

/** Units of systemd: one, with its drop-ins, or all of a directory (systemd.unit(5), systemd.service(5)). */
export const importSystemd: Importer = (source) => {
  const draft = emptyDraft()
  const { path, files } = source
  const names = files.names(path)
  const directory = names === null ? dirname(path) : path
  draft.notes.push(`Made by "stead import systemd" out of ${shown(source, path)}.`)
  const units =
    names === null ? [basename(path)] : names.filter((name) => name.endsWith('.service'))
  for (const name of names ?? []) {
    if (!OTHERS.test(name)) continue
    const why = name.endsWith('.target') ? 'the guard is the target' : 'stead has no such units'
    const instead = name.endsWith('.timer') ? 'cron, or restartAt for a program that runs' : null
    lose(draft, {
      service: null,
      setting: name,
      file: shown(source, join(path, name)),
      line: 1,
      why,
      instead,
    })
  }
  const made: UnitOf[] = []
  for (const unit of units) {
    if (names !== null && /@\.service$/.test(unit)) {
      lose(draft, {
        service: null,
        setting: unit,
        file: shown(source, join(path, unit)),
        line: 1,
        why: 'it is a template, and no instance of it is known',
        instead: 'link it to NAME@INSTANCE.service, and import that',
      })
      continue
    }
    const settings = settingsOf(unit, directory, source, draft, names !== null)
    made.push({
      unit,
      settings,
      service: addUnit({
        unit,
        settings,
        source,
        draft,
        file: shown(source, join(directory, unit)),
      }),
    })
  }
  for (const name of socketNames(directory, names, units, source)) {
    takeSockets(name, directory, source, draft, made, names !== null)
  }
  setDependencies(made, draft)
  return draft
}

/** Units of sockets: all of a directory, or the one beside a unit that is imported alone. */
function socketNames(
  directory: string,
  names: readonly string[] | null,
  units: readonly string[],
  { files }: Source,
): readonly string[] {
  if (names !== null) return names.filter((name) => name.endsWith('.socket'))
  return units
    .map((unit) => unit.replace(/\.service$/, '.socket'))
    .filter((name) => name.endsWith('.socket') && files.readText(join(directory, name)) !== null)
}

/** Gives the sockets of a unit to the service that gets them. */
function takeSockets(
  unit: string,
  directory: string,
  source: Source,
  draft: Draft,
  made: readonly UnitOf[],
  within: boolean,
): void {
  const file = shown(source, join(directory, unit))
  const text = source.files.readText(join(directory, unit), within ? directory : undefined)
  const { settings, problems } = readUnit(text ?? '', file)
  if (problems.length > 0) throw invalid(file, problems.slice(0, 20))
  const said = settings.filter(({ value }) => value !== '')
  const name = serviceOfSocket(unit, said)
  const service = made.find((one) => one.unit === name)?.service
  const why = isPerConnection(said)
    ? 'a program is started for each connection (Accept=yes)'
    : `${name}, which gets its sockets, is not imported`
  if (service !== undefined && !isPerConnection(said)) {
    addSockets(service, unit, said, source.machine)
    service.note('Its sockets are opened when it starts first; systemd opened them at boot.')
  } else lose(draft, { service: null, setting: unit, file, line: 1, why, instead: null })
}

/** What a unit says: its file, then its drop-ins by name. An empty list setting takes back what was there. */
function settingsOf(
  unit: string,
  directory: string,
  source: Source,
  draft: Draft,
  within: boolean,
): Assignment[] {
  const { files } = source
  const read = (path: string): Assignment[] | null => {
    const text = files.readText(path, within && path.includes('.d/') ? directory : undefined)
    if (text === null) return null
    const { settings, problems } = readUnit(text, shown(source, path))
    if (problems.length > 0) throw invalid(shown(source, path), problems.slice(0, 20))
    return settings
  }
  const path = join(directory, unit)
  const main = read(path)
  if (main === null)
    throw new SteadError('FILE_UNREADABLE', { path, reason: 'there is no such file' })
  if (!main.some(({ section }) => section === 'Service')) {
    const told = shown(source, path)
    if (!within) throw invalid(told, [`${told}:1: there is no [Service] in it`])
    lose(draft, {
      service: null,
      setting: unit,
      file: told,
      line: 1,
      why: 'there is no [Service] in it',
      instead: null,
    })
  }
  const all = [...main]
  const template = unit.replace(/@[^.]*/, '@')
  const places = template === unit ? [unit] : [template, unit]
  for (const place of places) {
    const dropIns = files.names(join(directory, `${place}.d`)) ?? []
    for (const name of dropIns)
      if (name.endsWith('.conf')) all.push(...(read(join(directory, `${place}.d`, name)) ?? []))
  }
  const kept: Assignment[] = []
  for (const one of all) {
    if (one.value !== '') kept.push(one)
    else
      for (let i = kept.length - 1; i >= 0; i -= 1)
        if (kept[i]?.name === one.name) kept.splice(i, 1)
  }
  return kept
}
