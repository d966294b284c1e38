/** Where a command looks for guards, and for the stead.yaml it means. */
import { createHash } from 'node:crypto'
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve, win32 } from 'node:path'
import { SteadError } from '../errors.ts'
import { type GuardPlaces, guardPlaces } from '../model/guard-places.ts'
import { type Home, homeOf, logonHome } from '../model/home.ts'
import type { Scope } from '../model/service-spec.ts'
import { configFiles } from '../platform/config-files.ts'

/** What changes the settings of a stead.yaml that a verb reads. */
export interface LayerOptions {
  /** Profiles, `--profile`. */
  readonly profile?: readonly string[]
  /** Settings, `--set a.b=value`. */
  readonly set?: readonly string[]
  /** Another source of settings than the file names, `--remote`: an address, or a file that describes it. */
  readonly remote?: string
}

export interface GuardHomeOptions {
  readonly scope?: string
  readonly home?: string
}

const NAMES = ['stead.yaml', 'stead.yml', 'stead.json', 'stead.jsonc', 'stead.toml']

/**
 * The directories of the guards that the options ask for. Without `--scope` they are the system's for
 * root and the user's own for everybody else: a guard needs no rights.
 */
export function guardHome({ scope, home }: GuardHomeOptions): Home {
  const { env, platform } = process
  const root = home ?? (env.STEAD_HOME || null)
  return homeOf({
    platform,
    scope: guardScope(scope),
    env,
    userHome: env.HOME ?? env.USERPROFILE ?? homedir(),
    root: root === null ? null : resolve(root),
  })
}

/**
 * Where the guards are that a command may mean. On Windows who is an administrator has no home of the
 * machine's, so without a scope those of its services are found beside one's own, and those of what
 * starts at the logon of all.
 */
export function guardHomes(options: GuardHomeOptions): readonly Home[] {
  const own = guardHome(options)
  if (process.platform !== 'win32' || options.scope !== undefined || own.root !== null) return [own]
  return [own, guardHome({ ...options, scope: 'system' }), logonHome(localAppData())]
}

/** Of the user who asks, on Windows. */
export function localAppData(): string {
  const { env } = process
  return env.LOCALAPPDATA ?? win32.join(env.USERPROFILE ?? homedir(), 'AppData', 'Local')
}

export function guardScope(scope: string | undefined): Scope {
  if (scope === 'system' || scope === 'user') return scope
  if (scope !== undefined) {
    throw new SteadError('USAGE', {
      problem: `--scope is system or user, not ${JSON.stringify(scope)}`,
    })
  }
  return process.getuid?.() === 0 ? 'system' : 'user'
}

/**
 * The stead.yaml that is meant: the one named, or the one of this directory or the nearest above it.
 *
 * @throws FILE_UNREADABLE
 */
export function findGuardFile(named: string | undefined): string {
  if (named !== undefined) return inRealDirectory(resolve(named))
  for (let directory = process.cwd(); ; directory = dirname(directory)) {
    const found = NAMES.map((name) => join(directory, name)).find((path) => existsSync(path))
    if (found !== undefined) return inRealDirectory(found)
    if (directory === dirname(directory)) break
  }
  const reason = `there is no ${NAMES[0]} in this directory or above it; name one with -f FILE`
  throw new SteadError('FILE_UNREADABLE', { path: NAMES[0] as string, reason })
}

/** @throws FILE_UNREADABLE, also for a file that is too long to be a configuration, or no text */
export function readGuardFile(path: string): string {
  const read = configFiles().read(path)
  if ('text' in read) return read.text
  const { problem, cause } = read
  throw new SteadError('FILE_UNREADABLE', { path, reason: problem }, { cause })
}

/** Whether a guard of this machine would be one on Windows. */
export function onWindows(): boolean {
  return process.platform === 'win32'
}

/** Where the guard of a file keeps its things. */
export function placesOf(home: Home, project: string, file: string): GuardPlaces {
  const digest = createHash('sha256').update(file).digest('hex')
  return guardPlaces(home, project, digest, process.platform)
}

/** Where what the remote source of a configuration has said last is kept. */
export function remoteCopyOf(home: Home, path: string): string {
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 32)
  return join(home.state, 'remote', digest)
}

/** What is said of the remote source beside the file; undefined where the file alone says it. */
export function remoteNamedBy({ remote }: LayerOptions): string | undefined {
  return remote ?? (process.env.STEAD_REMOTE || undefined)
}

/** By what the guard of an installed service is told from others. */
export function recordPath(home: Home, name: string): string {
  return join(home.specs, `${name}.json`)
}

/** Removes what the guard of an installed service kept, its log too. It has ended by then. */
export function forgetGuardOf(name: string, home: Home): void {
  const { state, run, logs } = placesOf(home, name, recordPath(home, name))
  for (const directory of [state, run, logs]) rmSync(directory, { recursive: true, force: true })
}

/**
 * The same guard by whatever way its directory is reached. The file itself may be a link, which leads
 * somewhere else when it is switched, as Kubernetes does.
 */
function inRealDirectory(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    return path
  }
}

/** What a guard needs of a home that may be somebody else's. @throws RIGHTS */
export function inOwnHome<T>(directory: string, make: () => T, action = 'start a guard there'): T {
  try {
    return make()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EACCES' && code !== 'EPERM') throw error
    throw new SteadError(
      'RIGHTS',
      {
        action,
        right: `to write in ${directory}`,
        remedy: 'ask as the user whose it is (sudo -u USER), or name another place: --home DIR',
      },
      { cause: error },
    )
  }
}
