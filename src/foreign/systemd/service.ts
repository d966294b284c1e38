import { posix } from 'node:path'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import type { Source } from '../source.ts'
import { unitCommand } from './command.ts'
import { setLifecycle } from './lifecycle.ts'
import { setLimits } from './limits.ts'
import { LOST, TAKEN } from './settings.ts'
import type { Assignment } from './unit-file.ts'
import { specified, unitWords } from './words.ts'

export interface Unit {
  readonly unit: string
  readonly settings: readonly Assignment[]
  readonly source: Source
  readonly draft: Draft
  readonly file: string
}

/** What the parts of an import ask of a unit. */
export interface Reading {
  readonly service: DraftService
  readonly env: Readonly<Record<string, string>>
  /** The last assignment, with its specifiers put in. */
  readonly last: (name: string) => { readonly text: string; readonly place: Assignment } | null
  readonly every: (name: string) => readonly { readonly text: string; readonly place: Assignment }[]
  /** A command as stead runs it; null where it cannot be read. */
  readonly command: (one: {
    readonly text: string
    readonly place: Assignment
  }) => readonly string[] | null
}

/** One .service. */
export function addUnit({ unit, settings, source, draft, file }: Unit): DraftService {
  const service = addService(draft, unit.replace(/\.service$/, '').replace(/@/, '-'), {
    file,
    line: 1,
  })
  const user = settings.findLast(({ name }) => name === 'User')?.value
  const { machine } = source
  const facts = {
    unit,
    host: machine.host,
    user: user ?? 'root',
    home: user === undefined || user === 'root' ? '/root' : `/home/${user}`,
  }
  const every: Reading['every'] = (name) =>
    settings
      .filter((one) => one.name === name && one.section !== 'Install')
      .map((place) => ({
        text: specified(place.value, facts, (why) => service.lose(name, place, why)),
        place,
      }))
  const last: Reading['last'] = (name) => every(name).at(-1) ?? null
  const env: Record<string, string> = {}
  for (const { text, place } of every('Environment')) {
    for (const word of unitWords(text) ?? []) {
      const at = word.indexOf('=')
      if (at > 0) env[word.slice(0, at)] = word.slice(at + 1)
      else
        service.lose('Environment', place, `${JSON.stringify(word.slice(0, 40))} is not NAME=VALUE`)
    }
    if (Object.keys(env).length > 0) service.set('env', env, { place, setting: 'Environment' })
  }
  const command: Reading['command'] = ({ text, place }) => {
    const made = unitCommand(text, env)
    if (made === null) {
      service.lose(place.name, place, 'a quote in it is not closed')
      return null
    }
    if (made.shell) service.note('A shell puts variables into its commands; systemd did it itself.')
    for (const [prefix, why] of Object.entries(PREFIXES))
      if (made.prefixes.includes(prefix)) service.lose(place.name, place, why)
    return made.command
  }
  const reading: Reading = { service, env, last, every, command }
  setStart(reading)
  setLifecycle(reading)
  setLimits(reading)
  for (const one of settings) {
    const { section, name } = one
    if (
      section.startsWith('X-') ||
      name.startsWith('X-') ||
      (section === 'Install' && name !== 'Also') ||
      TAKEN.has(name)
    )
      continue
    const lost = LOST.find(([pattern]) => pattern.test(name))
    service.lose(name, one, lost?.[1] ?? unknownSetting(name, TAKEN), lost?.[2] ?? null)
  }
  return service
}

const PREFIXES: Readonly<Record<string, string>> = {
  '-': 'a failure of it counts as one ("-" before the path)',
  '+': 'it has the rights of its user ("+" before the path)',
  '!': 'it has the rights of its user ("!" before the path)',
  '@': 'the program sees its path as its name ("@" before the path)',
}

function setStart({ service, last, every, command }: Reading): void {
  const starts = every('ExecStart')
  const commands = starts.flatMap((one) => {
    const made = command(one)
    return made === null ? [] : [made]
  })
  const first = starts[0]
  const origin = { place: first?.place ?? service.place, setting: 'ExecStart' }
  service.set('command', commands[0] ?? [], origin)
  for (const one of starts.slice(1))
    service.lose(
      'ExecStart',
      one.place,
      'a service has one command',
      'a job of its own, and dependsOn: { NAME: succeeded }',
    )
  const description = last('Description')
  if (description !== null)
    service.set('description', description.text, {
      place: description.place,
      setting: 'Description',
    })
  const directory = last('WorkingDirectory')
  const cwd = directory?.text.replace(/^-/, '') ?? '/'
  if (directory !== null && !posix.isAbsolute(cwd))
    service.lose(
      'WorkingDirectory',
      directory.place,
      'the home of the user is not looked up',
      'cwd',
    )
  else
    service.set('cwd', cwd, {
      place: directory?.place ?? service.place,
      setting: 'WorkingDirectory',
    })
  for (const [name, setting] of [
    ['User', 'user'],
    ['Group', 'group'],
  ] as const) {
    const one = last(name)
    if (one !== null) service.set(setting, one.text, { place: one.place, setting: name })
  }
  const groups = every('SupplementaryGroups').flatMap(({ text }) => text.split(/\s+/))
  if (groups.length > 0)
    service.set('supplementaryGroups', groups, {
      place: service.place,
      setting: 'SupplementaryGroups',
    })
  const umask = last('UMask')
  if (umask !== null)
    service.set('umask', umask.text.slice(-3).padStart(3, '0'), {
      place: umask.place,
      setting: 'UMask',
    })
  const nice = last('Nice')
  if (nice !== null) service.set('nice', Number(nice.text), { place: nice.place, setting: 'Nice' })
  const files = every('EnvironmentFile')
  for (const one of files.slice(0, -1))
    service.lose(
      'EnvironmentFile',
      one.place,
      'a service has one file of variables; the last one is kept',
      'join the files',
    )
  const file = files.at(-1)
  if (file === undefined) return
  const path = file.text.replace(/^-/, '')
  if (/[*?[]/.test(path))
    service.lose('EnvironmentFile', file.place, 'it is a pattern', 'envFile with one file')
  else service.set('envFile', path, { place: file.place, setting: 'EnvironmentFile' })
  if (file.text.startsWith('-'))
    service.lose('EnvironmentFile', file.place, 'the file has to be there', `touch ${path}`)
  if (service.settings.env !== undefined)
    service.note(
      'In systemd its file of variables wins over Environment=; here env wins over envFile.',
    )
}
