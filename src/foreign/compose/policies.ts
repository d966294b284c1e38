import type { DraftService } from '../draft.ts'
import { unknownWord } from '../loss.ts'
import { isMap, type Node } from '../structure.ts'
import { table } from '../table.ts'
import { byteText, durationText, wholeOf } from '../values.ts'
import type { Text } from './service.ts'

/** Limits of setrlimit(2) that stead sets, by Docker's names. */
const ULIMITS = table<string>({ nofile: 'openFiles', nproc: 'processes', core: 'coreSize' })
const WHEN = table<string>({
  no: 'no',
  false: 'no',
  always: 'always',
  'unless-stopped': 'always',
  'on-failure': 'on-failure',
  none: 'no',
  any: 'always',
})

/** `restart` and `deploy.restart_policy`; without either compose restarts nothing. */
export function setRestart(service: DraftService, node: Node, text: Text): void {
  const policy = node.at('deploy')?.at('restart_policy') ?? null
  const from = policy?.at('condition') ?? node.at('restart')
  const [word = '', times] = (text(from, 'restart') ?? (policy === null ? 'no' : 'any')).split(':')
  const when = WHEN[word]
  const place = (from ?? policy ?? node).place
  if (when === undefined) service.lose('restart', place, unknownWord(word, Object.keys(WHEN)))
  const delay = durationText(text(policy?.at('delay') ?? null, 'restart_policy.delay') ?? '-')
  const count = wholeOf(times ?? policy?.at('max_attempts')?.value ?? null)
  const window = durationText(text(policy?.at('window') ?? null, 'restart_policy.window') ?? '-')
  const limit =
    count !== null && count > 0 && when !== 'no' ? `${count}/${window ?? '1h'}` : undefined
  if (limit !== undefined)
    service.note('Its limit counts failures in a time; Docker counts those since it was started.')
  const restart = {
    when: when ?? 'no',
    ...(delay === null ? {} : { delay }),
    ...(limit === undefined ? {} : { limit }),
  }
  service.set('restart', Object.keys(restart).length === 1 ? restart.when : restart, {
    place,
    setting: 'restart',
  })
}

export function setStop(service: DraftService, node: Node, text: Text): void {
  const signal = text(node.at('stop_signal'), 'stop_signal')
  const grace = node.at('stop_grace_period')
  const timeout = durationText(text(grace, 'stop_grace_period') ?? '10s')
  if (timeout === null && grace !== null)
    service.lose('stop_grace_period', grace.place, 'it is not a time')
  const stop = {
    ...(signal === null ? {} : { signal }),
    ...(grace === null || timeout === null ? {} : { timeout }),
  }
  const from = node.at('stop_signal') ?? grace
  if (from !== null && Object.keys(stop).length > 0)
    service.set('stop', stop, {
      place: from.place,
      setting: signal === null ? 'stop_grace_period' : 'stop_signal',
    })
}

/** Memory and processor time end in a restart here, where Docker ends or slows the program. */
export function setLimits(service: DraftService, node: Node, text: Text): void {
  const deploy = node.at('deploy')
  const resources = deploy?.at('resources')?.at('limits') ?? null
  const limits: Record<string, unknown> = {}
  let place = node.place
  const memory = resources?.at('memory') ?? node.at('mem_limit')
  if (memory !== null) {
    const bytes = byteText(text(memory, 'memory') ?? '')
    place = memory.place
    if (bytes === null) service.lose('memory', memory.place, 'it is not a size')
    else limits.memory = bytes
    service.note('Above its memory it is restarted; Docker ends it.')
  }
  const cpus = resources?.at('cpus') ?? node.at('cpus')
  if (cpus !== null)
    service.lose(
      'cpus',
      cpus.place,
      'stead does not slow a program down',
      'limits.cpu restarts it above so much',
    )
  for (const [name, one] of node.at('ulimits')?.members() ?? []) {
    const value = isMap(one.value) ? one.at('soft')?.value : one.value
    const setting = ULIMITS[name]
    const number = wholeOf(value)
    if (setting === undefined || number === null)
      service.lose(`ulimits.${name}`, one.place, 'stead sets no such limit')
    else limits[setting] = number === -1 ? 'none' : number
  }
  if (Object.keys(limits).length > 0) service.set('limits', limits, { place, setting: 'limits' })
  const taken = ['replicas', 'restart_policy', 'resources']
  for (const [name, one] of deploy?.members() ?? [])
    if (!taken.includes(name))
      service.lose(`deploy.${name}`, one.place, 'it is about a swarm of containers')
  for (const [name, one] of deploy?.at('resources')?.members() ?? [])
    if (name !== 'limits')
      service.lose(`deploy.resources.${name}`, one.place, 'nothing is reserved for a program')
  for (const [name, one] of resources?.members() ?? [])
    if (name !== 'memory' && name !== 'cpus')
      service.lose(`deploy.resources.limits.${name}`, one.place, 'stead sets no such limit')
}
