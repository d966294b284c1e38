import { join } from 'node:path'
import type { DraftService } from '../draft.ts'
import { pathFrom, shown } from '../source.ts'
import { byteText } from '../values.ts'
import type { Directory } from './import.ts'
import { plainScript } from './script.ts'

/** A logger beside the program: svlogd(8) or s6-log with one directory is a log of stead; others are lost. */
export function setLog(service: DraftService, { directory, names, source }: Directory): void {
  if (!names.includes('log')) return
  const run = join(directory, 'log', 'run')
  const script = source.files.readText(run, source.path)
  const place = { file: shown(source, run), line: 1 }
  if (script === null) {
    service.lose('log', place, 'there is no run in it')
    return
  }
  const words = plainScript(script, () => ({}))?.command ?? []
  const tool = words[0]?.split('/').at(-1)
  const target = words.at(-1) ?? ''
  if ((tool !== 'svlogd' && tool !== 's6-log') || !/^[./]/.test(target)) {
    service.lose(
      'log',
      place,
      'a logger is a program of its own',
      'log: { file: …, rotate: { size: 10M } }',
    )
    return
  }
  const base = join(directory, 'log')
  const rotate: Record<string, unknown> = {}
  const config = source.files.readText(join(base, target, 'config'), source.path) ?? ''
  const rules = tool === 'svlogd' ? config.split('\n') : words.slice(1, -1)
  for (const rule of rules) {
    const [, letter = '', value = ''] = /^([snt])(\d{1,12})$/.exec(rule.trim()) ?? []
    if (letter === 's' && value !== '0') rotate.size = byteText(value)
    else if (letter === 'n' && value !== '0') rotate.keep = Number(value)
    else if (letter === 't' && value !== '0' && tool === 'svlogd') rotate.every = `${value}s`
    else if (rule.trim() !== '' && !/^(#|-|t$|T$|1$)/.test(rule.trim()))
      service.lose(
        'log',
        place,
        `${JSON.stringify(rule.trim().slice(0, 40))} of the logger has no place in stead`,
      )
  }
  // svlogd(8): a million bytes and ten files; s6-log: 99,999 bytes and ten.
  rotate.size ??= tool === 'svlogd' ? 1_000_000 : 99_999
  rotate.keep ??= 10
  const file = pathFrom(base, join(target, 'current'), source.base)
  service.set('log', { format: 'raw', file, rotate }, { place, setting: 'log' })
}
