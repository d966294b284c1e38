import { dirname } from 'node:path'
import { addService, type Draft, type DraftService, emptyDraft, lose } from '../draft.ts'
import { interpolate } from '../interpolate.ts'
import { unknownSetting, unknownWord } from '../loss.ts'
import { type Importer, ownDirectory, pathFrom, type Source, shown } from '../source.ts'
import { invalid, isMap, type Node, readStructure } from '../structure.ts'
import { table } from '../table.ts'
import { setShellCommand } from '../through-shell.ts'
import { truthOf, wholeOf } from '../values.ts'
import { setAvailability, setProbes, setShutdown } from './policies.ts'

const KNOWN =
  'command entrypoint description working_dir environment depends_on availability readiness_probe liveness_probe ready_log_line shutdown namespace replicas disabled log_location vars is_daemon is_foreground is_tty is_interactive is_elevated is_strict disable_ansi_colors log_configuration launch_timeout_seconds schedule env_file is_dotenv_disabled'.split(
    ' ',
  )
const TAKEN = new Set(
  'command entrypoint description working_dir environment depends_on availability readiness_probe liveness_probe ready_log_line shutdown namespace replicas disabled log_location vars is_foreground disable_ansi_colors is_strict'.split(
    ' ',
  ),
)
const TOP =
  'version processes environment vars shell log_level log_location log_length log_configuration is_strict disable_env_expansion env_cmds is_tui_disabled ordered_shutdown extends name processes_defaults'.split(
    ' ',
  )

/** The processes of a process-compose.yaml (F1bonacc1/process-compose, its JSON schema). */
export const importProcessCompose: Importer = (source) => {
  const draft = emptyDraft()
  const root = readStructure(source)
  const file = shown(source, source.path)
  const processes = root.at('processes')
  if (processes === null || !isMap(processes.value))
    throw invalid(file, [`${file}:1: there are no processes in it`])
  draft.notes.push(`Made by "stead import process-compose" out of ${file}.`)
  const directory = dirname(source.path)
  const env = pairsOf(root.at('environment'), (item) =>
    interpolate(item, (why) =>
      lose(draft, {
        ...processes.place,
        service: null,
        setting: 'environment',
        why,
        instead: null,
      }),
    ),
  )
  if (Object.keys(env).length > 0) draft.defaults.env = env
  if (source.files.readText(`${directory}/.env`) !== null)
    draft.defaults.envFile = pathFrom(directory, '.env', source.base)
  const shell = shellOf(root.at('shell'))
  for (const [name, node] of processes.members())
    addProcess(name, node, { root, source, draft, directory, shell })
  for (const [setting, { place }] of root.members()) {
    if (
      [
        'version',
        'processes',
        'environment',
        'vars',
        'shell',
        'log_level',
        'is_tui_disabled',
        'is_strict',
      ].includes(setting)
    )
      continue
    if (setting.startsWith('x-')) continue
    const known = TOP.includes(setting)
    lose(draft, {
      service: null,
      setting,
      ...place,
      why: known ? 'stead has nothing like it' : unknownSetting(setting, TOP),
      instead: null,
    })
  }
  return draft
}

function shellOf(node: Node | null): readonly string[] {
  const command = node?.at('shell_command')?.text() ?? '/bin/sh'
  return [command, node?.at('shell_argument')?.text() ?? '-c']
}

interface Around {
  readonly root: Node
  readonly source: Source
  readonly draft: Draft
  readonly directory: string
  readonly shell: readonly string[]
}

export type Text = (node: Node | null, setting: string) => string | null

function addProcess(name: string, node: Node, around: Around): void {
  const { source, directory, draft, root } = around
  const service = addService(draft, name, node.place)
  const vars = new Map(
    [...(root.at('vars')?.members() ?? []), ...(node.at('vars')?.members() ?? [])].map(
      ([key, one]) => [key, one.text()],
    ),
  )
  const raw: Text = (from, setting) => {
    const written = from?.text() ?? null
    if (written === null || from === null) return null
    return written.replace(
      /\{\{\s*(?:\.([A-Za-z_]\w*)|[^{}]*)\s*\}\}/g,
      (whole, variable?: string) => {
        if (variable === 'PC_REPLICA_NUM')
          service.lose(setting, from.place, 'a replica has its number as STEAD_INSTANCE')
        const value = variable === undefined ? undefined : vars.get(variable)
        if (value != null) return value
        service.lose(
          setting,
          from.place,
          `${whole.slice(0, 60)} is a template of Go that stead cannot fill in`,
        )
        return ''
      },
    )
  }
  const text: Text = (from, setting) => {
    const written = raw(from, setting)
    if (written === null || from === null) return null
    return interpolate(written, (why) => service.lose(setting, from.place, why))
  }
  const command = node.at('command')
  const words =
    node
      .at('entrypoint')
      ?.items()
      .map((item) => text(item, 'entrypoint') ?? '') ?? []
  if (words.length > 0)
    service.set('command', words, { place: node.at('entrypoint')?.place ?? node.place })
  else if (command !== null)
    setShellCommand(
      service,
      raw(command, 'command') ?? '',
      { place: command.place, setting: 'command' },
      around.shell,
    )
  else service.set('command', [], { place: node.place, setting: 'command' })
  const description = text(node.at('description'), 'description')
  if (description !== null)
    service.set('description', description.replace(/\s+/g, ' ').trim() || undefined)
  const cwd = text(node.at('working_dir'), 'working_dir')
  service.set(
    'cwd',
    cwd === null ? ownDirectory(directory, source.base) : pathFrom(directory, cwd, source.base),
  )
  const env = pairsOf(node.at('environment'), (item) =>
    interpolate(item, (why) => service.lose('environment', node.place, why)),
  )
  if (Object.keys(env).length > 0)
    service.set('env', env, {
      place: node.at('environment')?.place ?? node.place,
      setting: 'environment',
    })
  const space = text(node.at('namespace'), 'namespace')
  if (space !== null)
    service.set('labels', { namespace: space }, { place: node.place, setting: 'namespace' })
  const count = wholeOf(node.at('replicas')?.value)
  if (count !== null && count !== 1)
    service.set('instances', count, { place: node.place, setting: 'replicas' })
  if (
    truthOf(node.at('disabled')?.value) === true ||
    truthOf(node.at('is_foreground')?.value) === true
  )
    service.set('autostart', false)
  const log = text(node.at('log_location'), 'log_location')
  if (log !== null)
    service.set(
      'log',
      { format: 'raw', file: pathFrom(directory, log, source.base) },
      { place: node.place, setting: 'log_location' },
    )
  setDependencies(service, node)
  setAvailability(service, node)
  setProbes(service, node, text, raw, around.shell)
  setShutdown(service, node, raw, around.shell)
  for (const [setting, { place, value }] of node.members()) {
    if (TAKEN.has(setting) || value === false || setting.startsWith('x-')) continue
    if (setting === 'is_daemon')
      service.lose(
        setting,
        place,
        'the program has to stay in the foreground',
        'its option for that',
      )
    else if (setting === 'schedule')
      service.lose(
        setting,
        place,
        'a program is not started by the calendar',
        'restartAt restarts one that runs; cron for others',
      )
    else
      service.lose(
        setting,
        place,
        KNOWN.includes(setting) ? 'stead has nothing like it' : unknownSetting(setting, KNOWN),
      )
  }
}

function pairsOf(node: Node | null, expand: (text: string) => string): Record<string, string> {
  const env: Record<string, string> = {}
  for (const item of node?.items() ?? []) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(item.text() ?? '') ?? []
    if (key !== undefined && value !== undefined)
      env[key] = expand(value.replace(/^(['"])(.*)\1$/s, '$2'))
  }
  for (const [key, value] of node?.members() ?? []) env[key] = expand(value.text() ?? '')
  return env
}

const CONDITIONS = table<string>({
  process_started: 'started',
  process_healthy: 'ready',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'succeeded',
})

function setDependencies(service: DraftService, node: Node): void {
  const dependsOn: Record<string, string> = {}
  const from = node.at('depends_on')
  for (const [name, one] of from?.members() ?? []) {
    const condition = one.at('condition')?.text() ?? 'process_started'
    dependsOn[name] = CONDITIONS[condition] ?? 'started'
    if (!(condition in CONDITIONS))
      service.lose(`depends_on.${name}`, one.place, unknownWord(condition, Object.keys(CONDITIONS)))
  }
  if (from !== null && Object.keys(dependsOn).length > 0)
    service.set('dependsOn', dependsOn, { place: from.place, setting: 'depends_on' })
}
