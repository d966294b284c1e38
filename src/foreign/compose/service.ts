import { splitCommand } from '../../config/split-command.ts'
import { addService, type Draft, type DraftService } from '../draft.ts'
import { interpolate } from '../interpolate.ts'
import { unknownSetting, unknownWord } from '../loss.ts'
import { pathFrom, type Source } from '../source.ts'
import type { Node } from '../structure.ts'
import { table } from '../table.ts'
import { wholeOf } from '../values.ts'
import { setHealth } from './health.ts'
import { setPlace } from './place.ts'
import { setLimits, setRestart, setStop } from './policies.ts'

export interface Around {
  readonly source: Source
  readonly draft: Draft
  readonly directory: string
}

/** Settings that are carried over, by the functions below. */
const TAKEN =
  'image command entrypoint environment env_file depends_on healthcheck restart deploy mem_limit cpus scale ulimits stop_signal stop_grace_period user labels profiles working_dir build volumes'.split(
    ' ',
  )
const CONTAINERS =
  'annotations attach blkio_config cap_add cap_drop cgroup cgroup_parent configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpuset credential_spec develop device_cgroup_rules devices dns dns_opt dns_search domainname expose external_links extends extra_hosts gpus group_add hostname init ipc isolation links logging mac_address mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged provider pull_policy read_only runtime secrets security_opt shm_size stdin_open storage_opt sysctls tmpfs tty userns_mode use_api_socket uts volumes_from'.split(
    ' ',
  )
const INSTEAD = table<string>({
  ports: 'have the program itself listen on the port that was published',
  logging: 'log',
  secrets: 'envFile, or a file that the program reads',
  extends: 'write the settings out',
  group_add: 'supplementaryGroups',
  container_name: 'the name of the service',
})

/** One service of compose. */
export function addComposeService(name: string, node: Node, around: Around): void {
  const service = addService(around.draft, name, node.place)
  /** Text with its variables put in. */
  const text = (from: Node | null, setting: string): string | null => {
    const written = from?.text() ?? null
    if (written === null || from === null) return null
    return interpolate(written, (why) => service.lose(setting, from.place, why))
  }
  setCommand(service, node, text)
  setEnvironment(service, node, around, text)
  setPlace(service, node, around, text)
  setDependencies(service, node)
  setHealth(service, node, text)
  setRestart(service, node, text)
  setStop(service, node, text)
  setLimits(service, node, text)
  const user = node.at('user')
  const [account, group] = (text(user, 'user') ?? '').split(':')
  if (user !== null && account) {
    service.set('user', account, user)
    if (group) service.set('group', group, user)
    service.note('Its user has to be there on the machine.')
  }
  const count = wholeOf(node.at('deploy')?.at('replicas')?.value ?? node.at('scale')?.value)
  if (count === 0) service.set('autostart', false)
  else if (count !== null && count !== 1) service.set('instances', count, { place: node.place })
  const profiles = node.at('profiles')
  if (profiles !== null) {
    service.set('autostart', false, profiles)
    service.note('It is in a profile: it starts when it is asked for.')
  }
  setLabels(service, node.at('labels'), text)
  for (const [setting, { place }] of node.members()) {
    if (TAKEN.includes(setting) || setting.startsWith('x-')) continue
    if (CONTAINERS.includes(setting))
      service.lose(setting, place, 'it is about containers', INSTEAD[setting] ?? null)
    else service.lose(setting, place, unknownSetting(setting, [...TAKEN, ...CONTAINERS]))
  }
}

export type Text = (node: Node | null, setting: string) => string | null

/** A command of compose: a list, or one line that is split as a shell would and run without one. */
export function wordsOf(
  node: Node | null,
  setting: string,
  service: DraftService,
  text: Text,
): string[] | null {
  if (node === null) return null
  if (Array.isArray(node.value)) return node.items().map((item) => text(item, setting) ?? '')
  const line = text(node, setting)
  const words = line === null ? null : splitCommand(line)
  if (words === null) service.lose(setting, node.place, 'it is no command: a quote is not closed')
  return words
}

function setCommand(service: DraftService, node: Node, text: Text): void {
  const entrypoint = wordsOf(node.at('entrypoint'), 'entrypoint', service, text)
  const command = wordsOf(node.at('command'), 'command', service, text)
  const from = node.at('command') ?? node.at('entrypoint') ?? node
  const words = [...(entrypoint ?? []), ...(command ?? [])]
  service.set('command', words, { place: from.place, setting: 'command' })
  const image = node.at('image')?.text() ?? 'its image'
  if (words.length === 0) service.note(`What it runs is said in ${image} alone.`)
  else if (entrypoint === null)
    service.note(`If ${image} has an entrypoint, it stood before the command.`)
}

function setEnvironment(
  service: DraftService,
  node: Node,
  { source, directory }: Around,
  text: Text,
): void {
  const environment = node.at('environment')
  const env: Record<string, string> = {}
  for (const [key, value] of environment?.members() ?? []) {
    const written = text(value, 'environment')
    // Without a value it is passed on, as the guard passes on all it has.
    if (written !== null) env[key] = written
  }
  for (const item of environment?.items() ?? []) {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(text(item, 'environment') ?? '') ?? []
    if (key !== undefined && value !== undefined) env[key] = value
  }
  if (environment !== null && Object.keys(env).length > 0)
    service.set('env', env, { ...environment, setting: 'environment' })
  const file = node.at('env_file')
  if (file === null) return
  const files = Array.isArray(file.value) ? file.items() : [file]
  files.forEach((one, index) => {
    const path = text(one.at('path') ?? one, 'env_file')
    if (path === null) return
    if (index < files.length - 1)
      service.lose(
        'env_file',
        one.place,
        'a service has one file of variables; the last one is kept',
        'join the files',
      )
    else
      service.set('envFile', pathFrom(directory, path, source.base), {
        place: one.place,
        setting: 'env_file',
      })
  })
}

const CONDITIONS = table<string>({
  service_started: 'started',
  service_healthy: 'healthy',
  service_completed_successfully: 'succeeded',
})

function setDependencies(service: DraftService, node: Node): void {
  const from = node.at('depends_on')
  if (from === null) return
  const dependsOn: Record<string, string> = {}
  for (const item of from.items())
    if (item.text() !== null) dependsOn[item.text() as string] = 'started'
  for (const [name, one] of from.members()) {
    const condition = one.at('condition')?.text() ?? 'service_started'
    dependsOn[name] = CONDITIONS[condition] ?? 'started'
    if (!(condition in CONDITIONS))
      service.lose(`depends_on.${name}`, one.place, unknownWord(condition, Object.keys(CONDITIONS)))
    if (one.at('restart')?.value === true)
      service.lose(
        `depends_on.${name}.restart`,
        one.place,
        'it is not restarted with the other one',
        'a group with strategy: rest_for_one',
      )
    if (one.at('required')?.value === false)
      service.lose(
        `depends_on.${name}.required`,
        one.place,
        'what a service waits for has to be there',
      )
  }
  if (Object.keys(dependsOn).length > 0)
    service.set('dependsOn', dependsOn, { place: from.place, setting: 'depends_on' })
}

function setLabels(service: DraftService, node: Node | null, text: Text): void {
  if (node === null) return
  const labels: Record<string, string> = {}
  for (const [key, value] of node.members()) labels[key] = text(value, 'labels') ?? ''
  for (const item of node.items()) {
    const [key = '', ...value] = (text(item, 'labels') ?? '').split('=')
    labels[key] = value.join('=')
  }
  if (Object.keys(labels).length > 0) service.set('labels', labels, node)
}
