import { byteText, wholeOf } from '../values.ts'
import type { Reading } from './service.ts'

/** `Limit…=`, `MemoryMax=` and where its output goes. */
export function setLimits({ service, last }: Reading): void {
  const limits: Record<string, unknown> = {}
  let from = service.place
  for (const [name, setting] of [
    ['LimitNOFILE', 'openFiles'],
    ['LimitNPROC', 'processes'],
    ['LimitCORE', 'coreSize'],
  ] as const) {
    const one = last(name)
    if (one === null) continue
    from = one.place
    const [soft = ''] = one.text.split(':')
    const value = name === 'LimitCORE' ? byteText(soft) : wholeOf(soft)
    if (soft === 'infinity') {
      if (name !== 'LimitNOFILE') limits[setting] = 'none'
      else service.lose(name, one.place, 'stead needs the number', 'limits: { openFiles: 1048576 }')
    } else if (value === null) service.lose(name, one.place, 'it is not a number')
    else limits[setting] = value
  }
  const memory = last('MemoryMax') ?? last('MemoryLimit')
  if (memory !== null && memory.text !== 'infinity') {
    from = memory.place
    const bytes = byteText(memory.text)
    if (bytes === null)
      service.lose(
        memory.place.name,
        memory.place,
        'it is a share of the memory of the machine',
        'limits: { memory: 512M }',
      )
    else {
      limits.memory = bytes
      service.note('Above its memory it is restarted; systemd has the kernel end it.')
    }
  }
  if (Object.keys(limits).length > 0)
    service.set('limits', limits, { place: from, setting: 'Limit' })
  const out = last('StandardOutput')
  const file = /^(?:file|append|truncate):(\/.*)$/.exec(out?.text ?? '')?.[1]
  const origin = { place: out?.place ?? service.place, setting: 'StandardOutput' }
  if (file !== undefined) service.set('log', { format: 'raw', file }, origin)
  else if (out?.text === 'null' && /^(null|inherit)?$/.test(last('StandardError')?.text ?? ''))
    service.set('log', { format: 'off' }, origin)
  else if (out !== null && !/^(journal|inherit|null|syslog|kmsg)(\+console)?$/.test(out.text))
    service.lose('StandardOutput', out.place, 'a log of stead is a file', 'log')
  const err = last('StandardError')
  if (err !== null && !/^(journal|inherit|syslog|null)$/.test(err.text) && err.text !== out?.text)
    service.lose(
      'StandardError',
      err.place,
      'both streams go to one log',
      'format: json names the stream of each line',
    )
  const input = last('StandardInput')
  if (input !== null && input.text !== 'null')
    service.lose('StandardInput', input.place, 'programs read from /dev/null')
}
