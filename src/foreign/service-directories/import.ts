import { basename, dirname, join } from 'node:path'
import { addService, type Draft, type DraftService, emptyDraft, lose } from '../draft.ts'
import type { Place } from '../loss.ts'
import { type Importer, pathFrom, type Source, shown } from '../source.ts'
import { invalid } from '../structure.ts'
import { table } from '../table.ts'
import { setLog } from './log.ts'
import { plainScript } from './script.ts'

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
  const single = inside.includes('run') || inside.includes('type')
  const directories = single
    ? [path]
    : inside.filter((name) => !name.startsWith('.')).map((name) => join(path, name))
  for (const directory of directories.slice(0, MAX_DIRECTORIES)) {
    const names = files.names(directory)
    if (names !== null) addDirectory({ directory, names, source, draft, suite })
  }
  return draft
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
    source.files.readText(join(directory, name), source.path)
  const name = basename(directory)
  const type = text('type')?.trim() ?? null
  if (type === 'bundle') {
    const members =
      source.files.names(join(directory, 'contents.d')) ?? (text('contents') ?? '').split(/\s+/)
    draft.groups.push({
      name,
      place: at('type'),
      services: members.filter((member) => member !== ''),
    })
    return
  }
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
  const script = text(main) ?? ''
  service.set('cwd', pathFrom(dirname(directory), basename(directory), source.base))
  if (type === 'oneshot') {
    service.set('command', ['execlineb', '-P', main], {
      place: at(main),
      setting: main,
    })
    service.set('type', 'job')
  } else {
    setCommand(service, script, main, one)
    // Both wait a second before they start it again, and never give up.
    service.set('restart', { when: 'always', delay: '1s', factor: 1, jitter: 0, limit: 'none' })
  }
  if (names.includes('down'))
    service.set('autostart', false, { place: at('down'), setting: 'down' })
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
function setCommand(
  service: DraftService,
  script: string,
  main: string,
  { directory, source }: Directory,
): void {
  const origin = { place: { file: shown(source, join(directory, main)), line: 1 }, setting: main }
  const plain = plainScript(script, (name) => environmentIn(join(directory, name), source))
  if (plain === null) {
    service.set('command', [`./${main}`], origin)
    if (!source.files.canExecute(join(directory, main)))
      service.lose(main, origin.place, 'it is not executable', `chmod +x ${origin.place.file}`)
    return
  }
  service.set('command', plain.command, origin)
  for (const [setting, value] of Object.entries(plain.settings)) service.set(setting, value, origin)
}

/** A directory of variables: a file for each, its first line the value, envdir(8). */
function environmentIn(directory: string, source: Source): Record<string, string> | null {
  const names = source.files.names(directory)
  if (names === null) return null
  const env: Record<string, string> = {}
  for (const name of names.slice(0, 1_000)) {
    const text = name.startsWith('.')
      ? null
      : source.files.readText(join(directory, name), source.path)
    if (text === null || text === '') continue
    env[name] = (text.split('\n')[0] ?? '').trimEnd().replaceAll('\0', '\n')
  }
  return env
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
  if (names.includes('finish'))
    service.lose(
      'finish',
      at('finish'),
      'nothing runs after a program has ended',
      'a program that follows "stead events -f --json"',
    )
  if (suite === 'runit') {
    if (names.includes('check'))
      service.set(
        'ready',
        { exec: [join(directory, 'check')] },
        { place: at('check'), setting: 'check' },
      )
    for (const file of source.files.names(join(directory, 'control')) ?? [])
      service.lose(
        `control/${file}`,
        at(`control/${file}`),
        'a control has no script',
        'stop and reload take commands',
      )
    return
  }
  const value = (name: string): string | null => text(name)?.trim() ?? null
  const descriptor = value('notification-fd')
  if (descriptor !== null)
    service.set(
      'ready',
      { descriptor: Number(descriptor) },
      { place: at('notification-fd'), setting: 'notification-fd' },
    )
  const kill = value('timeout-kill')
  const signal = value('down-signal')
  // 0 means that SIGKILL never comes; stead has no such word, and a day is long enough to be seen.
  const wait = kill === null || kill === '0' ? '1d' : `${kill}ms`
  service.set(
    'stop',
    {
      ...(signal === null ? {} : { signal: signal.toUpperCase().replace(/^(?!SIG)/, 'SIG') }),
      timeout: wait,
    },
    { place: at(kill === null ? 'run' : 'timeout-kill'), setting: 'timeout-kill' },
  )
  if (kill === null || kill === '0')
    service.note('s6 kills nothing by itself: a stop waits for a day.')
  for (const name of [
    'timeout-finish',
    'max-death-tally',
    'producer-for',
    'consumer-for',
    'pipeline-name',
    'timeout-down',
    'flag-essential',
  ])
    if (names.includes(name))
      service.lose(
        name,
        at(name),
        name.endsWith('for')
          ? 'no program reads what another one writes'
          : 'stead has nothing like it',
      )
  const up = value('timeout-up')
  if (up !== null && up !== '0')
    service.set('startTimeout', `${up}ms`, { place: at('timeout-up'), setting: 'timeout-up' })
  const needs =
    source.files.names(join(directory, 'dependencies.d')) ??
    (value('dependencies') ?? '').split(/\s+/)
  const dependsOn = Object.fromEntries(
    needs.filter((one) => one !== '' && !one.startsWith('.')).map((one) => [one, 'ready']),
  )
  if (Object.keys(dependsOn).length > 0)
    service.set('dependsOn', dependsOn, {
      place: at(names.includes('dependencies') ? 'dependencies' : 'dependencies.d'),
      setting: 'dependencies',
    })
}
