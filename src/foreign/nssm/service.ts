import { formatDuration } from '../../model/duration.ts'
import type { RegistryKey } from '../../model/registry-tree.ts'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { unknownSetting } from '../loss.ts'
import { setEnv, withoutSecrets } from '../secrets.ts'
import type { Source } from '../source.ts'
import { directoryOf, withVariables } from '../windows-variables.ts'
import { loseQuotes, windowsWords } from '../windows-words.ts'
import { loseDefinition } from './definition.ts'
import { setLog } from './log.ts'
import { setRestart } from './restart.ts'
import { setStop } from './stop.ts'
import { type NssmValues, nssmValues } from './values.ts'

export interface NssmParts {
  readonly name: string
  /** Of the service itself. */
  readonly key: RegistryKey
  readonly parameters: RegistryKey
  readonly exits: RegistryKey | null
  /** Below AppEvents: one for each event. */
  readonly hooks: readonly RegistryKey[]
  readonly file: string
  readonly source: Source
  readonly draft: Draft
}

/** What the other files of this folder need of a service. */
export interface NssmService {
  readonly service: DraftService
  readonly values: NssmValues
  /** A text with its variables; undefined where it is not there. */
  readonly expanded: (name: string) => string | undefined
}

const STREAMS = ['Stdin', 'Stdout', 'Stderr'].flatMap((stream) =>
  ['', 'ShareMode', 'CreationDisposition', 'FlagsAndAttributes', 'CopyAndTruncate'].map(
    (what) => `App${stream}${what}`,
  ),
)
const KNOWN = [
  ...STREAMS,
  ...'Application AppParameters AppDirectory AppEnvironment AppEnvironmentExtra AppNoConsole AppPriority AppAffinity AppStopMethodSkip AppStopMethodConsole AppStopMethodWindow AppStopMethodThreads AppKillProcessTree AppThrottle AppRestartDelay AppRedirectHook AppRotateFiles AppRotateOnline AppRotateSeconds AppRotateBytes AppRotateBytesHigh AppRotateDelay AppTimestampLog AppExit'.split(
    ' ',
  ),
]

/** One service of nssm. */
export function addNssmService(parts: NssmParts): void {
  const { name, key, parameters, file, source, draft } = parts
  const values = nssmValues(parameters, file)
  const service = addService(draft, name, { file, line: key.line })
  const expanded = (setting: string): string | undefined => {
    const text = values.text(setting)
    if (text === null) return undefined
    return withVariables(text, (variable) =>
      service.lose(
        setting,
        values.place(setting),
        `the variable ${variable} has no name that stead.yaml can say`,
        'write its value',
      ),
    )
  }
  const one: NssmService = { service, values, expanded }
  setCommand(one)
  const application = expanded('Application') as string
  const directory = expanded('AppDirectory')
  const own = directoryOf(application)
  // nssm starts a program that has no AppDirectory in the directory of its executable.
  if (directory !== undefined || /[\\/]/.test(application))
    service.set(
      'cwd',
      directory ?? own,
      origin(one, directory === undefined ? 'Application' : 'AppDirectory'),
    )
  setEnvironment(one)
  setRestart(one, nssmValues(parts.exits, file))
  setStop(one)
  setLog(one, source)
  setWindows(one)
  loseHooks(one, parts.hooks, file)
  loseDefinition(service, key, file)
  for (const setting of values.names())
    if (!KNOWN.some((known) => known.toLowerCase() === setting.toLowerCase()) && setting !== '')
      service.lose(setting, values.place(setting), unknownSetting(setting, KNOWN))
}

export function origin({ values }: NssmService, setting: string) {
  return { place: values.place(setting), setting }
}

function setCommand(one: NssmService): void {
  const { service, values, expanded } = one
  const application = expanded('Application') as string
  const words = windowsWords(expanded('AppParameters') ?? '')
  const from = origin(one, 'AppParameters')
  service.set(
    'command',
    [application, ...withoutSecrets(service, words, from)],
    origin(one, 'Application'),
  )
  loseQuotes(service, application, values.text('AppParameters') ?? '', from)
}

function setEnvironment(one: NssmService): void {
  const { service, values } = one
  for (const setting of ['AppEnvironment', 'AppEnvironmentExtra']) {
    const texts = values.texts(setting)
    if (texts === null) continue
    const place = values.place(setting)
    if (setting === 'AppEnvironment')
      service.lose(
        setting,
        place,
        'nssm takes away every other variable; stead adds to those of the guard',
        'start the guard with a small environment',
      )
    const pairs = texts.flatMap((text): [string, string][] => {
      const at = text.indexOf('=')
      if (at > 0) return [[text.slice(0, at), withVariables(text.slice(at + 1), () => {})]]
      service.lose(setting, place, 'a variable without a value cannot be set')
      return []
    })
    const known = (service.settings.env ?? {}) as Record<string, string>
    setEnv(service, { ...known, ...Object.fromEntries(pairs) }, { place, setting })
  }
}

/** SetPriorityClass in <processthreadsapi.h>, as nssm stores it in AppPriority. */
const PRIORITIES: Readonly<Record<number, string>> = {
  64: 'idle',
  16384: 'below-normal',
  32: 'normal',
  32768: 'above-normal',
  128: 'high',
  256: 'realtime',
}

function setWindows(one: NssmService): void {
  const { service, values } = one
  const windows: Record<string, unknown> = {}
  const priority = values.number('AppPriority')
  if (priority !== null && priority !== 32) {
    const word = PRIORITIES[priority]
    if (word === undefined)
      service.lose('AppPriority', values.place('AppPriority'), `${priority} is no priority class`)
    else windows.priority = word
  }
  const affinity = values.text('AppAffinity')
  if (affinity !== null && !/^all$/i.test(affinity)) windows.affinity = affinity
  if (Object.keys(windows).length > 0) service.set('windows', windows, origin(one, 'AppPriority'))
  if (values.number('AppNoConsole') === 1)
    service.lose(
      'AppNoConsole',
      values.place('AppNoConsole'),
      'each program has a console of its own that nobody sees, so that it can be sent Ctrl-C',
    )
}

function loseHooks({ service }: NssmService, hooks: readonly RegistryKey[], file: string): void {
  for (const { path, values } of hooks) {
    const event = path.slice(path.lastIndexOf('\\') + 1)
    for (const { name, line } of values) {
      const [why, instead] = HOOKS[`${event}/${name}`.toLowerCase()] ?? [
        'stead runs nothing at this event',
        'a program that follows "stead events -f --json"',
      ]
      service.lose(`AppEvents\\${event}\\${name}`, { file, line }, why, instead)
    }
  }
}

const HOOKS: Readonly<Record<string, readonly [string, string]>> = {
  'start/pre': [
    'stead runs nothing before a start by itself',
    'a service of type: job, and dependsOn: { it: succeeded }',
  ],
  'stop/pre': [
    'stead runs nothing before a stop by itself',
    'stop: [{ command: […] }] as a first step',
  ],
}

/** Milliseconds as stead.yaml has them. */
export function milliseconds(value: number): string {
  return formatDuration(value)
}
