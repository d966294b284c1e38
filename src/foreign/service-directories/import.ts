import { basename, dirname, join, resolve } from 'node:path'
import { formatDuration } from '../../model/duration.ts'
import type { ForeignFiles } from '../../model/ports/foreign-files.ts'
import { addService, type Draft, type DraftService, emptyDraft, lose, mapOf } from '../draft.ts'
import type { Place } from '../loss.ts'
import { type Importer, pathFrom, type Source, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { table } from '../table.ts'
import { setControls } from './controls.ts'
import { flattenBundles, namesIn } from './dependencies.ts'
import { readEnvDirectory } from './env-directory.ts'
import { isLogger, setLog } from './log.ts'
import { type Run, readRunScript } from './run-script.ts'

export type Suite = 'runit' | 's6'

/** Service directories of runit (runsv(8)). */
export const importRunit: Importer = (source) => importDirectories(source, 'runit')
/** Service directories of s6 (s6-supervise), and definitions of s6-rc. */
export const importS6: Importer = (source) => importDirectories(source, 's6')

const MAX_DIRECTORIES = 1_000

/** One service directory, or all that lie in a directory. */
function importDirectories(source: Source, suite: Suite): Draft {
  const draft = emptyDraft()
  const { path, files } = source
  draft.notes.push(`Made by "stead import ${suite}" out of ${shown(source, path)}.`)
  const inside = files.names(path)
  if (inside === null)
    throw invalid(shown(source, path), [`${shown(source, path)}: it is not a directory`])
  const single = isService(path, inside, files)
  const directories = single
    ? [path]
    : inside.filter((name) => !name.startsWith('.')).map((name) => join(path, name))
  for (const directory of directories.slice(0, MAX_DIRECTORIES)) {
    let names: readonly string[] | null = null
    try {
      names = files.names(directory)
    } catch (error) {
      const place = { file: shown(source, directory), line: 1 }
      const why = (error as Error).message
      lose(draft, { ...place, service: null, setting: basename(directory), why, instead: null })
    }
    if (names !== null) addDirectory({ directory, names, source, draft, suite })
  }
  flattenBundles(draft)
  if (suite === 'runit')
    draft.notes.push('runit never kills by itself; here SIGKILL comes 10s after what asks to stop.')
  return draft
}

/** Whether a directory is one of a service; a directory of services may have one that is called `run`. */
function isService(path: string, inside: readonly string[], files: ForeignFiles): boolean {
  return ['run', 'type'].some(
    (name) => inside.includes(name) && namesOf(join(path, name), files) === null,
  )
}

/** Null for what is no directory, and for a link that leads round in a circle. */
function namesOf(path: string, files: ForeignFiles): readonly string[] | null {
  try {
    return files.names(path)
  } catch {
    return null
  }
}

export interface Directory {
  readonly directory: string
  readonly names: readonly string[]
  readonly source: Source
  readonly draft: Draft
  readonly suite: Suite
}

function addDirectory(one: Directory): void {
  const { directory, names, source, draft, suite } = one
  const at = (name: string): Place => ({ file: shown(source, join(directory, name)), line: 1 })
  const text = (name: string): string | null =>
    source.files.readText(join(directory, name), directory)
  const name = basename(directory)
  const type = text('type')?.trim() ?? null
  if (type === 'bundle') {
    draft.groups.push({
      name,
      place: at('type'),
      services: namesIn(directory, 'contents', source),
    })
    return
  }
  // What reads what another writes is its log, and the guard's business.
  if (
    names.includes('consumer-for') &&
    !names.includes('producer-for') &&
    isLogger(directory, source)
  )
    return
  const main = type === 'oneshot' ? 'up' : 'run'
  if (!names.includes(main)) {
    lose(draft, {
      service: null,
      setting: name,
      ...at(''),
      why: `there is no ${main} in it`,
      instead: null,
    })
    return
  }
  const service = addService(draft, name, at(main))
  service.set('cwd', pathFrom(dirname(directory), basename(directory), source.base))
  if (type === 'oneshot') {
    const script = scriptOf(join(directory, main), directory, source)
    const run = script === null ? null : readRunScript(`#!/bin/execlineb -P\n${script}`)
    if (run === null)
      service.set('command', ['execlineb', '-P', main], { place: at(main), setting: main })
    else setRun(service, run, one, main)
    service.set('type', 'job')
  } else {
    setCommand(service, main, one)
    // Both wait a second before they start it again, and never give up.
    service.set('restart', { when: 'always', delay: '1s', factor: 1, jitter: 0, limit: 'none' })
  }
  if (type === 'oneshot' && names.includes('down'))
    service.lose('down', at('down'), 'nothing is run when a job is stopped')
  else if (names.includes('down'))
    service.set('autostart', false, { place: at('down'), setting: 'down' })
  setControls(service, one)
  setFiles(service, one, text, at)
  setLog(service, one)
  const known = suite === 'runit' ? RUNIT : S6
  for (const file of names) {
    if (known.has(file) || file.startsWith('.')) continue
    const lost = LOST[file]
    if (lost !== undefined) service.lose(file, at(file), lost[0], lost[1])
    else service.note(`${file} of its directory is its own; ${suite} knows nothing of it.`)
  }
}

/** A script that does no more than prepare and call a program is taken apart; any other is called. */
function setCommand(service: DraftService, main: string, one: Directory): void {
  const { directory, source } = one
  const path = join(directory, main)
  const origin = { place: { file: shown(source, path), line: 1 }, setting: main }
  if (!source.files.canExecute(path))
    service.lose(main, origin.place, 'it is not executable', `chmod +x ${origin.place.file}`)
  const text = scriptOf(path, directory, source)
  const run = text === null ? null : readRunScript(text)
  if (run !== null) setRun(service, run, one, main)
  else {
    service.set('command', [`./${main}`], origin)
    service.note(
      `${main} does more than to start one program: it is the command, and what it sets (a user, limits, variables) stays in it.`,
    )
  }
}

/** Null for what is too large for a script, or not for us to read, or lies elsewhere: a program may. */
function scriptOf(path: string, within: string, { files }: Source): string | null {
  try {
    return files.readText(path, within)
  } catch {
    return null
  }
}

function setRun(
  service: DraftService,
  run: Run,
  { directory, source }: Directory,
  file: string,
): void {
  const place = { file: shown(source, join(directory, file)), line: run.line }
  const set = (setting: string, value: unknown): void =>
    service.set(setting, value, { place, setting: file })
  set('command', run.command)
  if (run.cwd !== undefined) set('cwd', pathFrom(directory, run.cwd, source.base))
  for (const name of ['user', 'group', 'supplementaryGroups', 'umask', 'nice'] as const)
    set(name, run[name])
  if (Object.keys(run.limits).length > 0) set('limits', run.limits)
  const env: Record<string, string> = {}
  for (const step of run.env) {
    if ('name' in step) env[step.name] = step.value
    else {
      const from = resolve(directory, step.from ?? '.', step.directory)
      Object.assign(env, readEnvDirectory(from, source, service, place))
    }
  }
  if (Object.keys(env).length > 0) set('env', env)
  if (run.checkEvery !== undefined)
    set('ready', { exec: [join(directory, 'data/check')], every: formatDuration(run.checkEvery) })
  for (const name of run.waitsFor) mapOf(service, 'dependsOn')[name] = 'ready'
  if (run.waitsFor.length > 0) service.origins.set('dependsOn', { place, setting: 'sv start' })
  if (run.stays !== null)
    service.note(`${run.stays} stays in the command, for what stead has no setting for.`)
}

const RUNIT = new Set([
  'run',
  'down',
  'log',
  'check',
  'supervise',
  'env',
  'finish',
  'control',
  'conf',
])
const S6 = new Set(
  'run up type down log supervise event env data finish notification-fd timeout-kill timeout-finish timeout-up timeout-down down-signal max-death-tally dependencies dependencies.d producer-for consumer-for pipeline-name flag-essential'.split(
    ' ',
  ),
)
const LOST = table<readonly [why: string, instead: string | null]>({
  'flag-newpidns': ['no namespaces are made', 'unshare before the command'],
  'lock-fd': ['no lock is held for it', null],
  nosetsid: ['each program has a session of its own', null],
  instance: ['instances are numbered', 'instances: 3'],
})

function setFiles(
  service: DraftService,
  { names, suite, directory, source }: Directory,
  text: (name: string) => string | null,
  at: (name: string) => Place,
): void {
  if (suite === 'runit') return
  const value = (name: string): string | null => text(name)?.trim() ?? null
  const descriptor = value('notification-fd')
  if (descriptor !== null && service.settings.ready === undefined)
    service.set(
      'ready',
      { descriptor: Number(descriptor) },
      { place: at('notification-fd'), setting: 'notification-fd' },
    )
  const kill = value('timeout-kill')
  const signal = value('down-signal')
  // 0 means that SIGKILL never comes; stead has no such word, and a day is long enough to be seen.
  const number = kill !== null && /^\d{1,9}$/.test(kill) ? Number(kill) : 0
  const wait = number === 0 ? '1d' : formatDuration(number)
  service.set(
    'stop',
    {
      ...(signal === null ? {} : { signal: signal.toUpperCase().replace(/^(?!SIG)/, 'SIG') }),
      timeout: wait,
    },
    { place: at(kill === null ? 'run' : 'timeout-kill'), setting: 'timeout-kill' },
  )
  if (kill !== null && !/^\d{1,9}$/.test(kill))
    service.lose('timeout-kill', at('timeout-kill'), 'it is not a number of milliseconds')
  if (number === 0) service.note('s6 kills nothing by itself: a stop waits for a day.')
  for (const name of ['timeout-finish', 'max-death-tally', 'timeout-down', 'flag-essential'])
    if (names.includes(name)) service.lose(name, at(name), 'stead has nothing like it')
  const up = value('timeout-up')
  if (up !== null && up !== '0')
    service.set('startTimeout', `${up}ms`, { place: at('timeout-up'), setting: 'timeout-up' })
  for (const name of namesIn(directory, 'dependencies', source)) {
    // It stands for what s6-overlay itself does before services begin.
    if (name === 'base') continue
    mapOf(service, 'dependsOn')[name] = 'ready'
    service.origins.set('dependsOn', {
      place: at(names.includes('dependencies') ? 'dependencies' : 'dependencies.d'),
      setting: 'dependencies',
    })
  }
}
