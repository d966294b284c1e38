import { isSealed } from '../../model/ports/secret-opener.ts'
import type { ProgramSpec } from '../../model/program-spec.ts'
import { type Exporter, inOrder, isSet, type Losing, losing, SEALED } from '../exported.ts'

const HEAD = `[unix_http_server]
file=%(here)s/supervisor.sock
chmod=0700

[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock
`

/** One INI file that supervisord 4.2 runs. */
export const exportSupervisord: Exporter = (source) => {
  const { spec } = source
  const told = losing(source)
  const depths = inOrder(spec.services)
  const ordered = [...depths.values()].some((depth) => depth > 0)
  const programs = new Map(
    spec.services.flatMap((one) => {
      const lines = programLines(one, ordered ? (depths.get(one.name) ?? 0) : null, told)
      return lines === null ? [] : [[one.name, lines] as const]
    }),
  )
  const sections = [...programs].map(([name, lines]) =>
    [`[program:${name}]`, ...lines, ''].join('\n'),
  )
  for (const { name, services, strategy, limit } of spec.groups) {
    const there = services.filter((one) => programs.has(one))
    if (there.length > 0) sections.push(`[group:${name}]\nprograms=${there.join(',')}\n`)
    if (strategy !== 'one_for_one' || limit !== null)
      told.lose(null, name, 'supervisord restarts no others with one that fails')
  }
  const text = [HEAD, ...sections].join('\n')
  return { files: [{ name: 'supervisord.conf', text }], losses: told.losses }
}

function programLines(
  program: ProgramSpec,
  priority: number | null,
  { lose }: Losing,
): string[] | null {
  const { name, command, instances, umask, log } = program
  if (command.some((word) => /[\r\n]/.test(word))) {
    lose(
      name,
      'command',
      'the whole program is left out: a line break in a word has no place in an INI file',
      'a script',
    )
    return null
  }
  const lines = [`command=${command.map(commandWord).join(' ')}`, `directory=${plain(program.cwd)}`]
  if (instances > 1)
    lines.push(
      `numprocs=${instances}`,
      'process_name=%(program_name)s_%(process_num)02d',
      'numprocs_start=1',
    )
  const pairs = Object.entries(program.env).flatMap(([key, value]) => {
    if (isSealed(value)) {
      lose(name, `env.${key}`, SEALED)
      return []
    }
    const pair = environmentPair(key, value)
    if (pair === null)
      lose(name, `env.${key}`, 'supervisord cannot carry this value', 'a script that sets it')
    return pair === null ? [] : [pair]
  })
  if (pairs.length > 0) lines.push(`environment=${pairs.join(',')}`)
  if (program.user !== null) lines.push(`user=${plain(program.user)}`)
  if (umask !== null) lines.push(`umask=${umask.toString(8).padStart(3, '0')}`)
  if (priority !== null) lines.push(`priority=${(priority + 1) * 10}`)
  if (!program.autostart) lines.push('autostart=false')
  lines.push(...restartLines(program, lose), ...stopLines(program, lose))
  lines.push('redirect_stderr=true')
  if (log.format === 'off') lines.push('stdout_logfile=NONE')
  else {
    if (log.file !== null) lines.push(`stdout_logfile=${plain(log.file)}`)
    lines.push(
      `stdout_logfile_maxbytes=${log.rotate.size ?? 0}`,
      `stdout_logfile_backups=${log.rotate.keep}`,
    )
  }
  loseRest(program, lose)
  return lines
}

/** A word that Python's shlex.split reads back, in a value whose comments the INI reader cuts off. */
function commandWord(word: string): string {
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(word)) return word
  const quoted = `"${word.replace(/["\\]/g, '\\$&')}"`
  // A blank and then ";" or "#" would begin a comment, even within quotes.
  return quoted.replace(/(\s)(?=[;#])/g, '$1""').replaceAll('%', '%%')
}

/** A pair as the shlex of supervisord reads it, which knows no escapes; null where there is none. */
function environmentPair(key: string, value: string): string | null {
  if (!/^[A-Za-z0-9_/.+\-():]+$/.test(key)) return null
  const quote = value.includes('"') ? "'" : '"'
  if (value.includes(quote) || /[\r\n]|\s[;#]|^['"]|['"]$/.test(value)) return null
  return `${key}=${quote}${value.replaceAll('%', '%%')}${quote}`
}

function plain(text: string): string {
  return text.replaceAll('%', '%%')
}

function restartLines(program: ProgramSpec, lose: Losing['lose']): string[] {
  const { name, restart, startSeconds, type } = program
  const { when, strategy, limit } = restart
  const lines: string[] = []
  if (when === 'no' || strategy === 'manual' || type === 'job') lines.push('autorestart=false')
  else if (when === 'always') lines.push('autorestart=true')
  else lines.push('autorestart=unexpected')
  if (typeof when === 'object')
    lose(
      name,
      'restart.when',
      'supervisord restarts after every exit that is not expected',
      'exitcodes=',
    )
  lines.push(`startsecs=${Math.ceil(startSeconds / 1_000)}`)
  if (limit !== null) lines.push(`startretries=${limit.count}`)
  if (isSet(program, 'restart') && when !== 'no')
    lose(
      name,
      'restart',
      'supervisord restarts at once, and counts only starts that fail, with 1, 2, 3 … seconds between them',
    )
  return lines
}

function stopLines({ name, stop }: ProgramSpec, lose: Losing['lose']): string[] {
  const [first, ...more] = stop.filter(
    ({ action }) => !(action.kind === 'signal' && action.signal === 'SIGKILL'),
  )
  if (first === undefined) return ['stopsignal=KILL', 'killasgroup=true']
  if (more.length > 0 || first.action.kind === 'command')
    lose(name, 'stop', 'supervisord sends one signal before SIGKILL')
  const lines = [`stopwaitsecs=${Math.max(Math.ceil(first.wait / 1_000), 1)}`, 'killasgroup=true']
  if (first.action.kind !== 'signal') return lines
  const { signal, to } = first.action
  if (to === 'tree')
    lose(name, 'stop', 'the signal goes to its group, not to what has a session of its own')
  return [
    `stopsignal=${signal.replace(/^SIG/, '')}`,
    ...(to === 'leader' ? [] : ['stopasgroup=true']),
    ...lines,
  ]
}

const LOST: readonly (readonly [keyof Parameters<typeof isSet>[0] & string, string])[] = [
  ['description', 'a program has no description'],
  ['labels', 'a program has no labels'],
  ['envFile', 'supervisord reads no files of variables'],
  ['group', 'it runs with the group of its user'],
  ['supplementaryGroups', 'it runs with the groups of its user'],
  ['nice', 'supervisord sets no priority'],
  ['windows', 'supervisord does not run on Windows'],
  ['limits', 'supervisord sets no limits for one program'],
  ['cgroup', 'supervisord makes no control groups'],
  ['type', 'supervisord knows no jobs'],
  ['dependsOn', 'supervisord starts in the order of priority, and waits for nothing'],
  ['needs', 'supervisord looks for nothing before a start'],
  ['ready', 'supervisord asks nobody whether it is ready'],
  ['startTimeout', 'there is no time in which it has to be ready'],
  ['health', 'supervisord has no health checks'],
  ['heartbeat', 'supervisord has no heartbeats'],
  ['reload', 'supervisord reloads no program'],
  ['reloadOn', 'supervisord watches no files'],
  ['restartAt', 'supervisord restarts nothing by the calendar'],
  ['sockets', 'supervisord opens one socket for FastCGI, and hands it over in another way'],
  ['fdStoreMax', 'supervisord keeps no descriptors of programs'],
]

function loseRest(program: ProgramSpec, lose: Losing['lose']): void {
  for (const [setting, why] of LOST)
    if (isSet(program, setting as Parameters<typeof isSet>[1])) lose(program.name, setting, why)
  const { log } = program
  if (
    log.format === 'json' ||
    log.rotate.every !== null ||
    log.rotate.maxAge !== null ||
    log.rotate.compress !== 'none'
  )
    lose(program.name, 'log', 'logs are bytes as they come, rotated by size')
}
