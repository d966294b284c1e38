import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * Where addons of a program may lie, the best place first; the directory for all users is never one.
 *
 * - What systemd gives a unit: CACHE_DIRECTORY, STATE_DIRECTORY, RUNTIME_DIRECTORY (systemd.exec(5)).
 * - On Windows beside the executable, where whoever can write can have other code loaded in any case, and
 *   what uninstalling removes; else the local data of the account, which Windows keeps from others.
 * - `/var/cache` for root, else the user's cache and runtime directories.
 */
export function addonDirectories(name: string): readonly string[] {
  const { env, platform } = process
  const below = (base: string | undefined, ...rest: readonly string[]): string[] =>
    base !== undefined && isAbsolute(base) ? [join(base, ...rest, name, 'addons')] : []
  if (platform === 'win32')
    return [join(dirname(process.execPath), 'addons'), ...below(env.LOCALAPPDATA)]
  const given = [env.CACHE_DIRECTORY, env.STATE_DIRECTORY, env.RUNTIME_DIRECTORY].flatMap((list) =>
    // More than one directory are joined by colons.
    below(list?.split(':')[0]),
  )
  const caches = platform === 'darwin' ? ['Library', 'Caches'] : ['.cache']
  const own =
    process.geteuid?.() === 0
      ? below(platform === 'darwin' ? '/Library/Caches' : '/var/cache')
      : [...below(env.XDG_CACHE_HOME), ...below(env.HOME, ...caches), ...below(env.XDG_RUNTIME_DIR)]
  return [...given, ...own]
}

const VARIABLES = [
  'LOCALAPPDATA',
  'CACHE_DIRECTORY',
  'STATE_DIRECTORY',
  'RUNTIME_DIRECTORY',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
  'HOME',
]

/** The variables that say so, for a thread whose environment is otherwise empty. */
export function addonVariables(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => {
      const value = process.env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/**
 * Creates the directory if need be.
 *
 * @returns why it will not do: somebody but this user and root could put files there; or null
 */
export function makePrivate(directory: string): string | null {
  try {
    make(directory)
    return process.platform === 'win32' ? null : foreignHand(realpathSync(directory))
  } catch (error) {
    return (error as Error).message
  }
}

/** As `recursive` of mkdir does it, which in Node 22 never ends where a parent says ENOENT: /proc does. */
function make(directory: string): void {
  const above = dirname(directory)
  if (above !== directory && !existsSync(above)) make(above)
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Whoever may write to a directory, or rename one above it, can put another file in its place. */
function foreignHand(directory: string): string | null {
  const own = process.geteuid?.()
  const { uid, mode } = lstatSync(directory)
  if (uid !== own) return `it belongs to uid ${uid}`
  if ((mode & 0o022) !== 0) return 'others may write to it'
  for (let at = dirname(directory); ; at = dirname(at)) {
    const above = lstatSync(at)
    if (above.uid !== 0 && above.uid !== own) return `${at} belongs to uid ${above.uid}`
    const sticky = (above.mode & 0o1000) !== 0
    if ((above.mode & 0o022) !== 0 && !sticky) return `others may write to ${at}`
    if (at === dirname(at)) return null
  }
}
