import type { DraftService } from '../draft.ts'
import { unknownWord } from '../loss.ts'
import { shellLine } from '../shell-line.ts'
import type { Node } from '../structure.ts'
import { signalText } from '../supervisord/values.ts'
import { table } from '../table.ts'
import { truthOf, wholeOf } from '../values.ts'
import type { Text } from './import.ts'

const WHEN = table<string>({
  no: 'no',
  always: 'always',
  on_failure: 'on-failure',
  exit_on_failure: 'no',
})

/** `availability`; without it nothing is restarted. */
export function setAvailability(service: DraftService, node: Node): void {
  const from = node.at('availability')
  const word = from?.at('restart')?.text() ?? 'no'
  const when = WHEN[word === 'false' ? 'no' : word]
  const place = (from ?? node).place
  if (when === undefined)
    service.lose('availability.restart', place, unknownWord(word, Object.keys(WHEN)))
  if (word === 'exit_on_failure')
    service.lose(
      'availability.restart',
      place,
      'a failure does not end the others',
      'a group with a limit stops its members',
    )
  const restart: Record<string, unknown> = { when: when ?? 'no' }
  const seconds = wholeOf(from?.at('backoff_seconds')?.value)
  if (seconds !== null && seconds > 0 && when !== 'no')
    Object.assign(restart, { delay: `${seconds}s`, factor: 1 })
  const times = wholeOf(from?.at('max_restarts')?.value)
  if (times !== null && times > 0 && when !== 'no') {
    restart.limit = `${times}/1h`
    service.note('Its limit counts failures within an hour; process-compose counts all of them.')
  }
  service.set('restart', Object.keys(restart).length === 1 ? restart.when : restart, {
    place,
    setting: 'availability',
  })
  for (const name of ['exit_on_end', 'exit_on_skipped']) {
    if (truthOf(from?.at(name)?.value) === true)
      service.lose(`availability.${name}`, place, 'the end of one does not end the others')
  }
}

export function setProbes(
  service: DraftService,
  node: Node,
  text: Text,
  raw: Text,
  shell: readonly string[],
): void {
  const line = text(node.at('ready_log_line'), 'ready_log_line')
  const ready = probeOf(service, node.at('readiness_probe'), 'readiness_probe', text, raw, shell)
  const health = probeOf(service, node.at('liveness_probe'), 'liveness_probe', text, raw, shell)
  if (ready !== null) {
    service.set('ready', ready.probe, { place: ready.from.place, setting: 'readiness_probe' })
    if (wholeOf(ready.from.at('failure_threshold')?.value) !== null)
      service.lose(
        'readiness_probe.failure_threshold',
        ready.from.place,
        'it is asked until it is ready or startTimeout is over',
        'health, for after that',
      )
  } else if (line !== null) {
    service.set(
      'ready',
      { log: line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') },
      { place: node.place, setting: 'ready_log_line' },
    )
  }
  if (health === null) return
  const failures = wholeOf(health.from.at('failure_threshold')?.value)
  const delay = wholeOf(health.from.at('initial_delay_seconds')?.value)
  service.set(
    'health',
    {
      ...health.probe,
      ...(failures === null || failures < 1 ? {} : { failures }),
      ...(delay === null || delay < 1 ? {} : { startPeriod: `${delay}s` }),
    },
    { place: health.from.place, setting: 'liveness_probe' },
  )
}

function probeOf(
  service: DraftService,
  from: Node | null,
  name: string,
  text: Text,
  raw: Text,
  shell: readonly string[],
): { from: Node; probe: Record<string, unknown> } | null {
  if (from === null) return null
  const http = from.at('http_get')
  const line = raw(from.at('exec')?.at('command') ?? null, name)
  const target: Record<string, unknown> = {}
  if (http !== null) {
    const host = text(http.at('host'), name) ?? '127.0.0.1'
    const port = text(http.at('port'), name)
    const path = (text(http.at('path'), name) ?? '/').replace(/^(?!\/)/, '/')
    const scheme = (text(http.at('scheme'), name) ?? 'http').toLowerCase()
    target.http = `${scheme}://${host}${port === null ? '' : `:${port}`}${path}`
    for (const one of ['headers', 'status_code'])
      if (http.at(one) !== null)
        service.lose(
          `${name}.http_get.${one}`,
          http.place,
          'a plain GET is sent, and 200 to 399 is success',
        )
  } else if (line !== null) target.exec = shellLine(line, shell).command
  else {
    service.lose(name, from.place, 'it has neither http_get nor exec')
    return null
  }
  const seconds = (setting: string, standard: number): string =>
    `${Math.max(wholeOf(from.at(setting)?.value) ?? standard, 1)}s`
  if ((wholeOf(from.at('success_threshold')?.value) ?? 1) > 1)
    service.lose(`${name}.success_threshold`, from.place, 'one success is enough')
  return {
    from,
    probe: {
      ...target,
      every: seconds('period_seconds', 10),
      timeout: seconds('timeout_seconds', 1),
    },
  }
}

/** `shutdown`: process-compose sends the signal to the whole group, unless `parent_only`. */
export function setShutdown(
  service: DraftService,
  node: Node,
  raw: Text,
  shell: readonly string[],
): void {
  const from = node.at('shutdown')
  const command = raw(from?.at('command') ?? null, 'shutdown.command')
  const number = from?.at('signal')?.text() ?? '15'
  const seconds = Math.max(wholeOf(from?.at('timeout_seconds')?.value) ?? 10, 1)
  const to = truthOf(from?.at('parent_only')?.value) === true ? {} : { to: 'group' }
  const step = { signal: signalText(number), ...to, wait: `${seconds}s` }
  const first =
    command === null ? [] : [{ command: shellLine(command, shell).command, wait: `${seconds}s` }]
  service.set('stop', command === null ? [step] : first, {
    place: (from ?? node).place,
    setting: 'shutdown',
  })
}
