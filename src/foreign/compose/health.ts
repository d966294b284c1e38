import type { DraftService } from '../draft.ts'
import { shellLine } from '../shell-line.ts'
import type { Node } from '../structure.ts'
import { durationText, wholeOf } from '../values.ts'
import type { Text } from './service.ts'

/** `healthcheck`, with the defaults of Docker: every 30 s, 30 s at most, three failures. */
export function setHealth(service: DraftService, node: Node, text: Text): void {
  const check = node.at('healthcheck')
  if (check === null || check.at('disable')?.value === true) return
  const test = check.at('test')
  const words = test?.items().map((item) => text(item, 'healthcheck.test') ?? '') ?? []
  const line =
    text(test, 'healthcheck.test') ?? (words[0] === 'CMD-SHELL' ? (words[1] ?? '') : null)
  if (words[0] === 'NONE') return
  const exec = line !== null ? [...shellLine(line).command] : words.slice(1)
  if (test === null || exec.length === 0 || (line === null && words[0] !== 'CMD')) {
    service.lose(
      'healthcheck',
      check.place,
      'what it runs is said in the image',
      'health: { exec: […] }',
    )
    return
  }
  const time = (name: string, standard: string): string => {
    const from = check.at(name)
    const written = text(from, `healthcheck.${name}`)
    const found = written === null ? standard : durationText(written)
    if (found !== null) return found
    if (from !== null) service.lose(`healthcheck.${name}`, from.place, 'it is not a time')
    return standard
  }
  const failures = wholeOf(check.at('retries')?.value) ?? 3
  const startPeriod = time('start_period', '0s')
  service.set(
    'health',
    {
      exec,
      every: time('interval', '30s'),
      timeout: time('timeout', '30s'),
      ...(failures === 3 || failures < 1 ? {} : { failures }),
      ...(startPeriod === '0s' ? {} : { startPeriod }),
    },
    { place: check.place, setting: 'healthcheck' },
  )
  service.note('Docker tells that it is unhealthy; stead restarts it then.')
  const interval = check.at('start_interval')
  if (interval !== null)
    service.lose(
      'healthcheck.start_interval',
      interval.place,
      'there is one interval for all',
      'health.every',
    )
}
