import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import type { SpawnRequest, SpawnResult } from '../../../model/ports/spawner.ts'
import { type Credentials, credentials } from './credentials.ts'
import { findProgram, isExecutable } from './find-program.ts'
import { failure, visibleFault } from './spawn-failure.ts'

const DIRECTORIES = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']
/** Variables that a shell makes on its own. */
const OF_THE_SHELL = ['PWD', 'OLDPWD', 'SHLVL', '_']
/** Constant: what a user wrote comes as a positional argument. */
const SCRIPT =
  'test -z "$1" || umask "$1"; test -z "$2" || export "$2=$$"; test -z "$3" || echo 0 > "$3" || exit 219; shift 3; exec "$@"'

const LIMITS = {
  openFiles: { option: '--nofile', row: 'Max open files' },
  processes: { option: '--nproc', row: 'Max processes' },
  coreSize: { option: '--core', row: 'Max core file size' },
} as const

/** What is executed: the program itself, or small programs that execute one another and then it. */
export interface Command {
  readonly path: string
  readonly args: readonly string[]
}

/**
 * User, group, umask, nice, limits, a control group and a variable with the pid, which posix_spawn(3)
 * cannot set (a pid is known when the environment is fixed already): setpriv(1), prlimit(1), nice(1) and sh(1), each only where it is asked for. What they would fail with is looked at before,
 * so that it is a value and not an exit code. Behind them the program is called by its path.
 *
 * @param door the file by which a control group is entered; 219 is the exit code where it refuses, as
 *   systemd has it (EXIT_CGROUP)
 */
export function commandOf(
  request: SpawnRequest,
  door: string | null = null,
): { readonly command: Command } | { readonly fault: SpawnResult } {
  const program = findProgram(request)
  if (door === null && !isTrampolined(request)) {
    if (program === null) return { fault: visibleFault(request, null) ?? failure('ENOENT', '') }
    return { command: { path: program, args: request.args } }
  }
  const fault = visibleFault(request, program)
  if (fault !== null || program === null) return { fault: fault ?? failure('ENOENT', '') }
  const chain: string[] = []
  for (const part of [shellOf, limitsOf, niceOf, identityOf]) {
    const made = part(request, door)
    if (!Array.isArray(made)) return { fault: made as SpawnResult }
    const [tool, ...rest] = made as string[]
    if (tool === undefined) continue
    const path = DIRECTORIES.map((directory) => `${directory}/${tool}`).find(isExecutable)
    if (path === undefined) {
      return { fault: failure('ENOENT', tool, 'install it: it is of coreutils or util-linux') }
    }
    chain.push(path, ...rest)
  }
  const args = [...chain, program, ...request.args.slice(1)]
  return { command: { path: args[0] as string, args } }
}

function isTrampolined(request: SpawnRequest): boolean {
  const { user, group, supplementaryGroups, umask, nice, rlimits, pidVariable } = request
  if (user !== null || group !== null || supplementaryGroups !== null) return true
  if (umask !== null || nice !== null || pidVariable !== undefined) return true
  for (const name in rlimits) if (name in LIMITS) return true
  return false
}

type Part = readonly string[] | SpawnResult

/** The pid stays the same from here on: each of them executes the next. */
function shellOf({ umask, env, pidVariable }: SpawnRequest, door: string | null): Part {
  if (umask === null && pidVariable === undefined && door === null) return []
  const cleared = OF_THE_SHELL.flatMap((name) => ['-u', name])
  const kept = OF_THE_SHELL.flatMap((name) => (name in env ? [`${name}=${env[name]}`] : []))
  const octal = umask === null ? '' : umask.toString(8).padStart(3, '0')
  const script = ['sh', '-c', SCRIPT, 'sh', octal, pidVariable ?? '', door ?? '']
  return [...script, '/usr/bin/env', ...cleared, ...kept]
}

function limitsOf({ rlimits }: SpawnRequest): Part {
  const options: string[] = []
  for (const [name, { option, row }] of Object.entries(LIMITS)) {
    const value = rlimits[name as keyof typeof LIMITS]
    if (value === undefined) continue
    if (!isRoot() && value > hardLimit(row)) {
      return failure('EPERM', `limit ${name} of ${value}`, 'run the guard as root, or ask for less')
    }
    options.push(`${option}=${value}:${value}`)
  }
  return options.length === 0 ? [] : ['prlimit', ...options, '--']
}

function niceOf({ nice }: SpawnRequest): Part {
  if (nice === null) return []
  const step = nice - getPriority()
  if (step === 0) return []
  if (step < 0 && !isRoot()) {
    return failure('EPERM', `nice ${nice}`, 'run the guard as root, or ask for a higher number')
  }
  return ['nice', '-n', String(step), '--']
}

function identityOf(request: SpawnRequest): Part {
  const { user, group, supplementaryGroups } = request
  if (user === null && group === null && supplementaryGroups === null) return []
  const resolved = credentials(request)
  if ('fault' in resolved) return resolved.fault
  const { uid, gid, groups } = resolved.value
  if (!isRoot()) {
    if (supplementaryGroups === null && isOurs(resolved.value)) return []
    const what = user === null ? `group ${group ?? supplementaryGroups}` : `user ${user}`
    return failure('EPERM', what, 'run the guard as root to run programs as somebody else')
  }
  const options: string[] = []
  if (uid !== null) options.push(`--reuid=${uid}`)
  if (gid !== null) options.push(`--regid=${gid}`)
  options.push(
    groups !== null && groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
  )
  return ['setpriv', ...options, '--']
}

function isOurs({ uid, gid }: Credentials): boolean {
  return (
    (uid === null || uid === process.geteuid?.()) && (gid === null || gid === process.getegid?.())
  )
}

function isRoot(): boolean {
  return process.geteuid?.() === 0
}

/** proc(5), /proc/PID/limits: the name, the soft limit, the hard limit. */
function hardLimit(row: string): number {
  const line = readFileSync('/proc/self/limits', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(row))
  const hard = line?.slice(row.length).trim().split(/\s+/)[1]
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}
