import { dirname } from 'node:path'
import type { DraftService } from '../draft.ts'
import { pathFrom, type Source } from '../source.ts'
import { sizeText } from '../written.ts'
import type { IniSection, IniValue } from './ini.ts'
import type { Parsed, Text } from './program.ts'
import { booleanOf, bytesOf, integerOf } from './values.ts'

interface Settings {
  readonly service: DraftService
  readonly section: IniSection
  readonly source: Source
  readonly text: Text
  readonly parsed: Parsed
}

type Target =
  | { readonly kind: 'auto' | 'none' | 'terminal' }
  | { readonly kind: 'file'; readonly path: string }

/** Where what it writes goes. supervisord has two files of raw bytes; stead has one log for both streams. */
export function setLog({ service, section, source, text, parsed }: Settings): void {
  const { options } = section
  const lose = (name: string, why: string, instead: string | null = null): void =>
    service.lose(name, options.get(name) as IniValue, why, instead)
  const targetOf = (name: string): Target => {
    const value = text(name)
    if (value === undefined || /^auto$/i.test(value)) return { kind: 'auto' }
    if (/^(none|off)$/i.test(value)) return { kind: 'none' }
    if (/^syslog$/i.test(value)) {
      lose(name, 'a log of stead is a file')
      return { kind: 'auto' }
    }
    if (/^\/dev\/(stdout|stderr|fd\/[12]|tty|console)$|^\/proc\/(self|1)\/fd\//.test(value))
      return { kind: 'terminal' }
    if (value === '/dev/null') return { kind: 'none' }
    const here = dirname(options.get(name)?.path ?? source.path)
    return { kind: 'file', path: pathFrom(here, value, source.base) }
  }
  const out = targetOf('stdout_logfile')
  const joined = parsed('redirect_stderr', booleanOf, 'true or false') === true
  const err = joined ? out : targetOf('stderr_logfile')
  const log: Record<string, unknown> = {}
  const main = out.kind === 'file' || err.kind === 'auto' || err.kind === 'terminal' ? out : err
  if (main.kind === 'file') Object.assign(log, { format: 'raw', file: main.path })
  if (out.kind === 'none' && err.kind === 'none') log.format = 'off'
  if (out.kind === 'terminal' || err.kind === 'terminal')
    service.note('It wrote to the terminal of supervisord; "stead logs -f" shows what it prints.')
  if (!joined && options.has('stderr_logfile')) {
    const differs =
      err.kind !== out.kind || (err.kind === 'file' && out.kind === 'file' && err.path !== out.path)
    if (differs)
      lose(
        'stderr_logfile',
        'both streams go to one log',
        'format: json names the stream of each line',
      )
  }
  const stream = main === err && !joined && main !== out ? 'stderr' : 'stdout'
  const rotate: Record<string, unknown> = {}
  const size = parsed(`${stream}_logfile_maxbytes`, bytesOf, 'a size such as 50MB')
  const keep = parsed(`${stream}_logfile_backups`, integerOf, 'a whole number')
  if (log.format !== 'off' && main.kind !== 'terminal') {
    if (size !== undefined) rotate.size = size === 0 ? 'none' : sizeText(Math.max(size, 4096))
    else if (main.kind === 'file') rotate.size = '50M'
    if (keep !== undefined) rotate.keep = keep
    else if (main.kind === 'file') rotate.keep = 10
  }
  if (Object.keys(rotate).length > 0) log.rotate = rotate
  const from = options.has('stdout_logfile') ? 'stdout_logfile' : 'stderr_logfile'
  if (Object.keys(log).length > 0)
    service.set('log', log, { place: options.get(from) ?? section, setting: from })
  for (const one of ['stdout', 'stderr']) {
    if ((parsed(`${one}_capture_maxbytes`, bytesOf, 'a size') ?? 0) > 0)
      lose(`${one}_capture_maxbytes`, 'stead has no capture mode')
    if (parsed(`${one}_events_enabled`, booleanOf, 'true or false') === true)
      lose(`${one}_events_enabled`, 'what a program prints is no event', 'stead logs -f')
    if (parsed(`${one}_syslog`, booleanOf, 'true or false') === true)
      lose(`${one}_syslog`, 'a log of stead is a file')
  }
}
