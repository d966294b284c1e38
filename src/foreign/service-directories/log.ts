import { join, resolve } from 'node:path'
import { formatDuration } from '../../model/duration.ts'
import type { DraftService } from '../draft.ts'
import type { Place } from '../loss.ts'
import { pathFrom, type Source, shown } from '../source.ts'
import { sizeText } from '../written.ts'
import type { Directory } from './import.ts'
import { readRunScript } from './run-script.ts'

interface Found {
  readonly directories: string[]
  size: number
  keep: number
  every: number | null
  stamped: boolean
  compress: boolean
}

type Lose = (setting: string, why: string, instead?: string | null) => void

/** The log of a service: that of the logger beside it, or of the service of s6-rc that it writes to. */
export function setLog(service: DraftService, { directory, names, source }: Directory): void {
  const log = join(directory, 'log')
  if (names.includes('log')) {
    if (source.files.names(log)?.includes('run')) setLogOf(service, log, source)
    else service.lose('log', { file: shown(source, log), line: 1 }, 'there is no run in it')
  }
  const written = (source.files.readText(join(directory, 'producer-for')) ?? '').trim()
  if (written === '') return
  const other = resolve(directory, '..', written)
  if (/^[^./\s][^/\s]*$/.test(written) && isLogger(other, source)) setLogOf(service, other, source)
  else {
    const at = { file: shown(source, join(directory, 'producer-for')), line: 1 }
    const why = 'no program reads what another one writes'
    service.lose('producer-for', at, why, 'one service with a pipe in a shell')
  }
}

/** Whether a service does nothing but to write a log. */
export function isLogger(directory: string, source: Source): boolean {
  const text = readable(source, directory)
  const run = text === null ? null : readRunScript(text)
  return LOGGERS.test(run?.command[0] ?? '')
}

const LOGGERS = /(?:^|\/)(?:svlogd|s6-log|multilog|logutil-service(?:-main)?)$/

function setLogOf(service: DraftService, directory: string, source: Source): void {
  const place: Place = { file: shown(source, join(directory, 'run')), line: 1 }
  const text = readable(source, directory)
  const run = text === null ? null : readRunScript(text)
  if (run === null) {
    const why = 'what it does with the log only the script knows'
    service.lose('log', place, why, 'log: { file: … }, or sinks')
    return
  }
  const at = { ...place, line: run.line }
  const lose: Lose = (setting, why, instead = null) => service.lose(setting, at, why, instead)
  const [program = '', ...args] = run.command
  const name = program.replace(/.*\//, '')
  const here = resolve(directory, run.cwd ?? '.')
  if (run.user !== undefined)
    service.note(`Its log was written as ${run.user}; now the guard writes it.`)
  if (name === 'logger' || name === 'vlogger') {
    const facility = /^(?:-p|--priority=?)?\s*([a-z]+\d?)\./.exec(
      args[args.indexOf('-p') + 1] ?? '',
    )?.[1]
    const sink = { syslog: 'unix:/dev/log', ...(facility === undefined ? {} : { facility }) }
    service.set('log', { format: 'off', sinks: [sink] }, { place: at, setting: name })
    service.note('In syslog its tag is its name.')
    return
  }
  const found =
    name === 'svlogd'
      ? svlogd(args, here, source, lose)
      : /^(?:s6-log|multilog|logutil-service(?:-main)?)$/.test(name)
        ? directives(name, args, lose)
        : null
  if (found === null) {
    lose(name, 'it is no logger that stead knows', 'log: { file: … }, or sinks')
    return
  }
  const [target, ...others] = found.directories
  if (others.length > 0) lose(name, `there is one log; ${others.join(', ')} gets nothing`)
  if (target === undefined) {
    lose(name, 'it names no directory')
    return
  }
  const file = join(pathFrom(here, target, source.base), 'current')
  const { keep, size, every } = found
  const rotate = {
    size: size === 0 ? 'none' : sizeText(Math.max(size, 4096)),
    ...(every === null ? {} : { every: formatDuration(every * 1_000) }),
    keep,
    ...(found.compress ? { compress: 'gzip' } : {}),
  }
  const format = found.stamped ? 'stamped' : 'raw'
  const path = /^\.{0,2}\//.test(file) ? file : `./${file}`
  service.set('log', { format, file: path, rotate }, { place: at, setting: name })
}

/** Null for what is too large, or not for us to read. */
function readable({ files }: Source, directory: string): string | null {
  try {
    return files.readText(join(directory, 'run'), directory)
  } catch {
    return null
  }
}

/** svlogd(8), with the file `config` in its directory. */
function svlogd(args: readonly string[], here: string, source: Source, lose: Lose): Found {
  const found: Found = {
    directories: [],
    size: 1_000_000,
    keep: 10,
    every: null,
    stamped: false,
    compress: false,
  }
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] as string
    if (!word.startsWith('-')) found.directories.push(word)
    else if (/^-t{1,3}v?$/.test(word)) found.stamped = true
    else if (/^-[rRlb]/.test(word)) {
      const flag = word[1] as string
      if (word.length === 2) i += 1
      if (flag === 'r' || flag === 'R')
        lose(`svlogd -${flag}`, 'what cannot be printed is stored as it is')
    } else if (word !== '-v' && word !== '--') lose(`svlogd ${word}`, 'there is no such option')
  }
  const first = found.directories[0]
  const path = first === undefined ? null : resolve(here, first, 'config')
  const config = path === null ? null : source.files.readText(path)
  for (const row of config?.split('\n') ?? []) {
    const [kind = '', value = ''] = [row.slice(0, 1), row.slice(1)]
    const number = /^\d{1,12}$/.test(value) ? Number(value) : null
    if (kind === '' || kind === '#') continue
    if (kind === 's' && number !== null) found.size = number
    else if (kind === 'n' && number !== null) setKeep(found, number, lose)
    else if (kind === 't' && number !== null) found.every = number
    else if (kind === '!') setProcessor(found, value, lose)
    else if (kind === 'u' || kind === 'U')
      lose(
        `config ${row}`,
        'it sends plain text over UDP',
        `log.sinks: [{ syslog: "udp://${value}" }]`,
      )
    else if (kind === 'p') lose(`config ${row}`, 'lines of a log have no prefix of their own')
    else if (kind === 'N') lose(`config ${row}`, 'a full disk makes no exception of what is kept')
    else if ('+-eE'.includes(kind))
      lose(`config ${row}`, 'lines are not selected; all of them are kept')
    else lose(`config ${row.slice(0, 40)}`, 'there is no such setting')
  }
  return found
}

/** The script of s6-log and multilog: each word sets something for the directories after it. */
function directives(name: string, args: readonly string[], lose: Lose): Found {
  const found: Found = {
    directories: [],
    size: 99_999,
    keep: 10,
    every: null,
    stamped: false,
    compress: false,
  }
  if (name.startsWith('logutil')) Object.assign(found, { size: 1_000_000, keep: 20, stamped: true })
  let open = name === 's6-log'
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] as string
    if (open && word.startsWith('-') && /^-(?:[bqvep]+|[dl].*|-)$/.test(word)) {
      if (/^-[dl]$/.test(word)) i += 1
      if (word === '--') open = false
      continue
    }
    open = false
    const [kind = '', value = ''] = [word.slice(0, 1), word.slice(1)]
    const number = /^\d{1,12}$/.test(value) ? Number(value) : null
    if (kind === '/' || kind === '.') found.directories.push(word)
    else if (kind === 's' && number !== null) found.size = number
    else if (kind === 'n' && number !== null) setKeep(found, number, lose)
    else if (word === 't' || word === 'T') found.stamped = true
    else if (kind === '!') setProcessor(found, value, lose)
    else if (kind === 'S')
      lose(`${name} ${word}`, 'what is kept is counted in files', 'log.rotate.keep')
    else if (kind === '1' || kind === '2' || kind === 'e' || kind === '=')
      lose(`${name} ${word}`, 'lines go to one log')
    else if (word === '+' || word === 'f' || kind === 'r' || kind === 'l') continue
    else if (kind === '+' || kind === '-')
      lose(`${name} ${word}`, 'lines are not selected; all of them are kept')
    else lose(`${name} ${word}`, 'there is no such directive')
  }
  return found
}

function setKeep(found: Found, number: number, lose: Lose): void {
  found.keep = number
  if (number > 0) return
  found.keep = 1_000
  lose('n0', 'a limit of what is kept there is always', 'log.rotate.keep')
}

function setProcessor(found: Found, processor: string, lose: Lose): void {
  if (/^(?:exec\s+)?(?:\/\S*\/)?gzip(?:\s+-[1-9cnf]+)*$/.test(processor.trim()))
    found.compress = true
  else lose(`!${processor}`, 'rotated files are compressed by gzip, or left alone')
}
