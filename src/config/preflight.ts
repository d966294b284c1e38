import { SteadError } from '../errors.ts'
import { sinkWithPaths } from '../model/log-sink.ts'
import type { FileSystem } from '../model/ports/file-system.ts'
import type { Accounts } from '../model/ports/machine.ts'
import { needsWithPaths } from '../model/program-needs.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { isRemoteAddress } from './remote-schema.ts'

/** How paths are written on this machine. */
export interface PathRules {
  isAbsolute(path: string): boolean
  /** Against the directory that the command was given in. */
  resolve(path: string): string
  /** Candidates for a bare word, in the order of PATH. */
  candidates(word: string): readonly string[]
}

export interface PreflightPorts {
  readonly files: FileSystem
  readonly accounts: Accounts
  readonly paths: PathRules
}

export interface Checked {
  readonly spec: ServiceSpec
  /** What was found out on the way and belongs into the plan. */
  readonly notes: readonly string[]
}

/**
 * Checks a spec against this machine before anything is planned: the program, the directory, the files
 * and the accounts it names. A bare program name is looked up on PATH now, once, and never again.
 *
 * @throws COMMAND_UNUSABLE, CWD_UNUSABLE, FILE_UNREADABLE, USER_UNKNOWN
 */
export async function preflight(spec: ServiceSpec, ports: PreflightPorts): Promise<Checked> {
  const { files, paths } = ports
  const file = await resolveProgram(spec.file, ports)
  await checkProgram(file, files)
  const cwd = spec.cwd === null ? null : paths.resolve(spec.cwd)
  if (cwd !== null) await checkDirectory(cwd, files)
  const [configFile, envFile] = [spec.configFile, spec.envFile].map((path) =>
    path === null ? null : paths.resolve(path),
  )
  const isFile = spec.remote !== null && !isRemoteAddress(spec.remote)
  const remote = isFile ? paths.resolve(spec.remote as string) : spec.remote
  for (const path of [configFile, envFile, isFile ? remote : null])
    if (path != null) await checkFile(path, files)
  await checkAccounts(spec, ports)
  const notes = file === spec.file ? [] : [`${spec.file} is ${file}, as PATH has it now`]
  return {
    spec: {
      ...spec,
      guard: guardPaths(spec, paths),
      file,
      cwd,
      configFile: configFile ?? null,
      remote,
      envFile: envFile ?? null,
    },
    notes,
  }
}

/** The guard starts from another directory than the one in which it was asked for. */
function guardPaths({ guard }: ServiceSpec, paths: PathRules): ServiceSpec['guard'] {
  if (guard === null) return guard
  const whole = (path: string): string => paths.resolve(path)
  const { file, sinks } = guard.log
  const log = {
    ...guard.log,
    file: file === null ? null : whole(file),
    sinks: sinks.map((sink) => sinkWithPaths(sink, whole)),
  }
  const needs = needsWithPaths(guard.needs, whole)
  return { ...guard, log, needs, reloadOn: guard.reloadOn.map(whole) }
}

async function resolveProgram(file: string, { files, paths }: PreflightPorts): Promise<string> {
  if (paths.isAbsolute(file)) return file
  if (/[/\\]/.test(file)) {
    throw new SteadError('COMMAND_UNUSABLE', {
      command: file,
      reason: 'it is relative, and a manager has no directory to start from',
      remedy: `write the whole path: ${paths.resolve(file)}`,
    })
  }
  for (const candidate of paths.candidates(file)) {
    // A directory of PATH that may not be looked into has no program for this user.
    const facts = await files.facts(candidate).catch(() => null)
    if (facts?.kind === 'file' && (await files.canExecute(candidate))) return candidate
  }
  throw new SteadError('COMMAND_UNUSABLE', {
    command: file,
    reason: 'there is no such program on PATH',
    remedy: 'write the whole path of the program',
  })
}

async function checkProgram(file: string, files: FileSystem): Promise<void> {
  const refuse = (reason: string, remedy: string, cause?: unknown): never => {
    throw new SteadError('COMMAND_UNUSABLE', { command: file, reason, remedy }, { cause })
  }
  const facts = await files
    .facts(file)
    .catch((error: unknown) =>
      refuse(refusalOf(error), 'run the same command as a user who may look at it', error),
    )
  if (facts === null) return refuse('there is no such file', `check the path: ls -l ${file}`)
  if (facts.kind === 'directory') refuse('it is a directory', 'name the program in it')
  if (facts.kind === 'other') refuse('it is neither a file nor a link to one', 'name a program')
  if (!(await files.canExecute(file)))
    refuse('it is not executable', `make it so: chmod +x ${file}`)
}

async function checkDirectory(path: string, files: FileSystem): Promise<void> {
  const facts = await files.facts(path).catch((cause: unknown) => {
    throw new SteadError('CWD_UNUSABLE', { path, reason: refusalOf(cause) }, { cause })
  })
  if (facts?.kind === 'directory') return
  throw new SteadError('CWD_UNUSABLE', {
    path,
    reason: facts === null ? 'there is no such directory' : 'it is not a directory',
  })
}

async function checkFile(path: string, files: FileSystem): Promise<void> {
  const facts = await files.facts(path).catch((cause: unknown) => {
    throw new SteadError('FILE_UNREADABLE', { path, reason: refusalOf(cause) }, { cause })
  })
  if (facts?.kind === 'file') return
  throw new SteadError('FILE_UNREADABLE', {
    path,
    reason: facts === null ? 'there is no such file' : 'it is not a file',
  })
}

/** Why the system does not even tell what is there: most often a directory on the way (EACCES). */
function refusalOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return `it cannot be looked at (${code ?? String(error)})`
}

async function checkAccounts(
  { user, group }: ServiceSpec,
  { accounts }: PreflightPorts,
): Promise<void> {
  if (user !== null && !(await accounts.userExists(user))) {
    throw new SteadError('USER_UNKNOWN', {
      kind: 'user',
      name: user,
      ...(accounts.howToMake === undefined ? {} : { remedy: accounts.howToMake(user) }),
    })
  }
  if (group !== null && !(await accounts.groupExists(group))) {
    throw new SteadError('USER_UNKNOWN', { kind: 'group', name: group })
  }
}
