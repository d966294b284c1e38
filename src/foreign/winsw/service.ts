import { formatDuration } from '../../model/duration.ts'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { unknownSetting, unknownWord } from '../loss.ts'
import { setEnv, withoutSecrets } from '../secrets.ts'
import { ownDirectory, type Source } from '../source.ts'
import { variable } from '../variable.ts'
import {
  isWindowsPath,
  windowsDirectory,
  windowsPath,
  withVariables,
} from '../windows-variables.ts'
import { loseQuotes, windowsWords } from '../windows-words.ts'
import { loseDefinition } from './definition.ts'
import { setLog } from './log.ts'
import { setRestart } from './restart.ts'
import { setStop } from './stop.ts'
import type { Element } from './xml.ts'

/** What the other files of this folder need of a service. */
export interface WinswService {
  readonly service: DraftService
  readonly root: Element
  readonly source: Source
  /** The text of an element or attribute with its variables. */
  readonly expand: (text: string, at: Element) => string
}

const KNOWN =
  'id name description executable startmode delayedAutoStart depend logpath logmode log logname outfilepattern errfilepattern outfiledisabled errfiledisabled argument arguments startargument startarguments stopexecutable stopargument stoparguments prestart poststart prestop poststop preshutdown preshutdownTimeout stoptimeout stopparentprocessfirst env interactive beeponshutdown download onfailure resetfailure securityDescriptor securtityDescriptor serviceaccount workingdirectory priority waithint sleeptime hidewindow autoRefresh sharedDirectoryMapping extensions runawayProcessKiller'.split(
    ' ',
  )
/** Elements that are read elsewhere in this folder. */
const READ = new Set(
  'id name description executable startmode delayedAutoStart depend logpath logmode log logname outfilepattern errfilepattern outfiledisabled errfiledisabled argument arguments startargument startarguments stopexecutable stopargument stoparguments stoptimeout stopparentprocessfirst env onfailure resetfailure serviceaccount workingdirectory priority securityDescriptor securtityDescriptor preshutdown preshutdownTimeout'.split(
    ' ',
  ),
)
const LOST: ReadonlyMap<string, readonly [why: string, instead: string | null]> = new Map([
  [
    'prestart',
    [
      'stead runs nothing before a start by itself',
      'a service of type: job, and dependsOn: { it: succeeded }',
    ],
  ],
  [
    'poststart',
    ['stead runs nothing after a start', 'a service of type: job with dependsOn: { this: ready }'],
  ],
  [
    'prestop',
    ['stead runs nothing before a stop by itself', 'stop: [{ command: […] }] as a first step'],
  ],
  [
    'poststop',
    ['stead runs nothing after a stop', 'a program that follows "stead events -f --json"'],
  ],
  ['interactive', ['Windows has shown no window of a service since Vista', null]],
  ['beeponshutdown', ['stead does not beep', null]],
  ['waithint', ['the Service Control Manager is told as time goes by', null]],
  ['sleeptime', ['the Service Control Manager is told as time goes by', null]],
  ['hidewindow', ['no program of a service has a window that is seen', null]],
  ['autoRefresh', ['a change is applied when it is asked for', 'stead apply']],
  ['sharedDirectoryMapping', ['stead maps no drives', 'the path \\\\server\\share itself']],
  ['extensions', ['extensions of WinSW cannot be loaded', null]],
  [
    'runawayProcessKiller',
    ['nothing is left to be found by a file: a job object holds all processes', null],
  ],
])
const PRIORITIES: ReadonlyMap<string, string> = new Map([
  ['idle', 'idle'],
  ['belownormal', 'below-normal'],
  ['normal', 'normal'],
  ['abovenormal', 'above-normal'],
  ['high', 'high'],
  ['realtime', 'realtime'],
])

/** The one service of a file of WinSW. */
export function addWinswService(
  root: Element,
  source: Source,
  draft: Draft,
  name = root.first('id')?.text || root.first('name')?.text || 'service',
): WinswService {
  const service = addService(draft, name, root.place)
  const one: WinswService = { service, root, source, expand: expander(service, source) }
  const about = root.first('description')?.text || root.first('name')?.text || ''
  if (about !== '' && about !== name)
    service.set(
      'description',
      about.replace(/\s+/g, ' ').slice(0, 1_000),
      at(root.first('description') ?? root),
    )
  setCommand(one)
  setDirectory(one)
  const variables = root
    .all('env')
    .map((env): [string, string] => [
      env.attribute('name') ?? '',
      one.expand(env.attribute('value') ?? '', env),
    ])
  setEnv(
    service,
    Object.fromEntries(variables.filter(([key]) => key !== '')),
    at(root.first('env') ?? root),
  )
  setRestart(one)
  setStop(one)
  setLog(one)
  const priority = root.first('priority')
  if (priority !== null) {
    const word = PRIORITIES.get(priority.text.toLowerCase())
    if (word === undefined)
      service.lose('priority', priority.place, unknownWord(priority.text, [...PRIORITIES.keys()]))
    else if (word !== 'normal') service.set('windows', { priority: word }, at(priority))
  }
  loseDefinition(one)
  loseOthers(one)
  return one
}

export function at(element: Element) {
  return { place: element.place, setting: element.name }
}

/** `%BASE%` is the directory of the file; WinSW sets it for itself and its program. */
function expander(service: DraftService, source: Source): WinswService['expand'] {
  const directory = windowsDirectory(source)
  return (text, element) =>
    withVariables(
      text,
      (name) =>
        service.lose(
          element.name,
          element.place,
          `the variable ${name} has no name that stead.yaml can say`,
          'write its value',
        ),
      (name) => (name === 'BASE' ? (directory ?? baseElsewhere(service)) : null),
    )
}

/** The directory of the file, wherever that lies now. */
export function homeOf(source: Source): string {
  return windowsDirectory(source) ?? source.path.replace(/\/[^/]*$/, '')
}

function baseElsewhere(service: DraftService): string {
  service.note('BASE is the directory in which WinSW lay: set this variable for the guard.')
  return variable('BASE', null) as string
}

function setCommand({ service, root, expand }: WinswService): void {
  const executable = root.first('executable')
  const started = root.first('startargument') !== null || root.first('startarguments') !== null
  const list = root.all(started ? 'startargument' : 'argument')
  const line = root.first(started ? 'startarguments' : 'arguments')
  const words =
    list.length > 0
      ? list.map((one) => expand(one.text, one))
      : windowsWords(line === null ? '' : expand(line.text, line))
  const from = at(list[0] ?? line ?? executable ?? root)
  if (executable === null || executable.text === '') {
    service.set('command', [], { place: root.place, setting: 'executable' })
    return
  }
  const program = expand(executable.text, executable)
  service.set('command', [program, ...withoutSecrets(service, words, from)], at(executable))
  if (line !== null) loseQuotes(service, program, line.text, { ...from, setting: line.name })
}

/** Without an element it is the directory of the file. */
function setDirectory({ service, root, source, expand }: WinswService): void {
  const element = root.first('workingdirectory')
  const own = homeOf(source)
  if (element !== null && element.text !== '')
    service.set('cwd', windowsPath(own, expand(element.text, element), source.base), at(element))
  else if (own !== source.base)
    service.set('cwd', isWindowsPath(own) ? own : ownDirectory(own, source.base))
}

function loseOthers({ service, root }: WinswService): void {
  for (const element of root.children) {
    const { name, place } = element
    if (name === 'download') {
      // Its addresses may have a password in them.
      const to = element.attribute('to')
      service.lose(
        name,
        place,
        `stead fetches nothing${to === null ? '' : ` to ${to.slice(0, 120)}`}; passwords for it are not carried over`,
        'a service of type: job that fetches it, and dependsOn: { it: succeeded }',
      )
    } else if (!READ.has(name)) {
      const [why, instead] = LOST.get(name) ?? [unknownSetting(name, KNOWN), null]
      service.lose(name, place, why, instead)
    }
  }
}

/** Milliseconds as stead.yaml has them. */
export function milliseconds(value: number): string {
  return formatDuration(value)
}
