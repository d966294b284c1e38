import { dirname } from 'node:path'
import { formatDuration } from '../../model/duration.ts'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { ownDirectory, pathFrom, type Source } from '../source.ts'
import type { IniSection, IniValue } from './ini.ts'
import { setLog } from './log.ts'
import { environmentIn } from './read.ts'
import { setRestart } from './restart.ts'
import { booleanOf, expand, integerOf, pairsOf, signalText, wordsOf } from './values.ts'

export interface Part {
  readonly section: IniSection
  readonly name: string
  readonly group: string
  readonly source: Source
  readonly draft: Draft
}

const KNOWN =
  'command process_name numprocs numprocs_start priority autostart startsecs startretries autorestart exitcodes stopsignal stopwaitsecs stopasgroup killasgroup user redirect_stderr stdout_logfile stdout_logfile_maxbytes stdout_logfile_backups stdout_capture_maxbytes stdout_events_enabled stdout_syslog stderr_logfile stderr_logfile_maxbytes stderr_logfile_backups stderr_capture_maxbytes stderr_events_enabled stderr_syslog environment directory umask serverurl'.split(
    ' ',
  )
/** More processes of one program than this are a typing error. */
const MAX_PROCESSES = 500

/** One [program:x]; returns the names of the services it makes. */
export function addProgram(part: Part): string[] {
  const { section, name, draft } = part
  const { options } = section
  const count = wholeOf(options.get('numprocs'), 1)
  const first = wholeOf(options.get('numprocs_start'), 0)
  const template = options.get('process_name')?.value ?? '%(program_name)s'
  const numbered = [...options].some(
    ([option, { value }]) => option !== 'process_name' && value.includes('%(process_num)'),
  )
  const fits = count >= 1 && count <= MAX_PROCESSES
  if (count > 1 && numbered && fits) {
    const names = new Set<string>()
    for (let number = first; number < first + count; number += 1) {
      const told = expand(template, valueIn(part, {}, number, count))
      const given = 'text' in told ? told.text : `${name}-${number}`
      names.add(given)
      fill(addService(draft, given, section), part, number, count)
    }
    return [...names]
  }
  const single = count === 1 && options.has('process_name')
  const told = expand(template, valueIn(part, {}, first, count))
  // In supervisord it is GROUP:NAME; the name of the program is what people know it by.
  const service = addService(draft, single && 'text' in told ? told.text : name, section)
  if (count > 1 && fits) {
    service.set('instances', count, { place: section, setting: 'numprocs' })
    service.note(`Its processes are ${name}@1 to ${name}@${count}.`)
  } else if (count !== 1) {
    service.lose(
      'numprocs',
      options.get('numprocs') ?? section,
      `it has to be from 1 to ${MAX_PROCESSES}`,
    )
  }
  fill(service, part, first, count)
  return [service.name]
}

/** What `%(…)s` stands for in a program, in the order in which supervisord looks. */
function valueIn(
  { name, group, source, section }: Part,
  own: Readonly<Record<string, string>>,
  number: number,
  count: number,
): (word: string) => string | number | null {
  const around = environmentIn(source)
  const here = dirname(section.options.get('command')?.path ?? source.path)
  const known: Readonly<Record<string, string | number>> = {
    here,
    program_name: name,
    group_name: group,
    process_num: number,
    numprocs: count,
  }
  return (word) => {
    if (Object.hasOwn(known, word)) return known[word] as string | number
    const variable = word.startsWith('ENV_') ? word.slice(4) : ''
    return Object.hasOwn(own, variable) ? (own[variable] as string) : around(word)
  }
}

function fill(service: DraftService, part: Part, number: number, count: number): void {
  const { section, source } = part
  const { options } = section
  let own: Record<string, string> = {}
  /** A value with its expansions; undefined where it is not there or cannot be had. */
  const text = (name: string): string | undefined => {
    const option = options.get(name)
    if (option === undefined) return undefined
    const told = expand(option.value, valueIn(part, own, number, count))
    if ('text' in told) return told.text
    service.lose(name, option, told.problem)
    return undefined
  }
  const parsed = <T>(
    name: string,
    parse: (value: string) => T | null,
    expected: string,
  ): T | undefined => {
    const value = text(name)
    if (value === undefined) return undefined
    const found = parse(value)
    if (found !== null) return found
    service.lose(
      name,
      options.get(name) as IniValue,
      `${JSON.stringify(value.slice(0, 80))} is not ${expected}`,
    )
    return undefined
  }
  const set = (setting: string, value: unknown, from: string): void =>
    service.set(setting, value, { place: options.get(from) ?? section, setting: from })
  const environment = parsed('environment', pairsOf, 'KEY="value",KEY2="value2"')
  if (environment !== undefined) own = environment
  if (Object.keys(own).length > 0) set('env', own, 'environment')

  const words = parsed('command', wordsOf, 'a command: a quote is not closed')
  if (options.has('command')) set('command', words ?? [], 'command')
  else service.set('command', [], { place: section, setting: section.name })
  const here = dirname(options.get('directory')?.path ?? source.path)
  const directory = text('directory')
  set(
    'cwd',
    directory === undefined
      ? ownDirectory(here, source.base)
      : pathFrom(here, directory, source.base),
    'directory',
  )
  set('user', text('user'), 'user')
  set(
    'umask',
    parsed(
      'umask',
      (value) => (/^[0-7]{1,4}$/.test(value) ? value.slice(-3) : null),
      'an octal number',
    ),
    'umask',
  )
  if (parsed('autostart', booleanOf, 'true or false') === false)
    set('autostart', false, 'autostart')
  const seconds = parsed('startsecs', integerOf, 'a whole number')
  if (seconds !== undefined && seconds !== 1)
    set('startSeconds', formatDuration(Math.max(seconds, 0) * 1_000), 'startsecs')
  setRestart({ service, section, text, parsed, seconds: seconds ?? 1 })
  setStop(service, section, text, parsed)
  setLog({ service, section, source, text, parsed })
  for (const [name, option] of options) {
    if (name === 'priority') {
      const why = 'stead has no order but that of dependencies'
      service.lose(name, option, why, 'dependsOn, for what has to wait for something')
    } else if (name === 'serverurl')
      service.lose(name, option, 'programs find the guard by STEAD_SOCKET')
    else if (!KNOWN.includes(name)) service.lose(name, option, unknownSetting(name, KNOWN))
  }
}

export type Text = (name: string) => string | undefined
export type Parsed = <T>(
  name: string,
  parse: (value: string) => T | null,
  expected: string,
) => T | undefined

function setStop(service: DraftService, section: IniSection, text: Text, parsed: Parsed): void {
  const written = text('stopsignal')
  const seconds = parsed('stopwaitsecs', integerOf, 'a whole number')
  const group = parsed('stopasgroup', booleanOf, 'true or false') === true
  const place = ['stopsignal', 'stopwaitsecs', 'stopasgroup'].find((name) =>
    section.options.has(name),
  )
  if (place === undefined) return
  const signal = written === undefined ? 'SIGTERM' : signalText(written)
  const wait = formatDuration(Math.max(seconds ?? 10, 0) * 1_000)
  const origin = { place: section.options.get(place) ?? section, setting: place }
  if (seconds === 0) {
    service.note('stopwaitsecs=0 kills at once; here the program has a tenth of a second.')
  }
  const shortest = seconds === 0 ? '100ms' : wait
  if (group) service.set('stop', [{ signal, to: 'group', wait: shortest }], origin)
  else if (signal !== 'SIGTERM' || (seconds !== undefined && seconds !== 10))
    service.set('stop', { ...(signal === 'SIGTERM' ? {} : { signal }), timeout: shortest }, origin)
}

function wholeOf(option: IniValue | undefined, standard: number): number {
  return option === undefined ? standard : (integerOf(option.value) ?? 0)
}
