/**
 * Node's cache of compiled code, in a directory that nobody else can write to: what lies in it is run.
 * Node's own default is in the temporary directory of all users, which will not do for root.
 */
import { lstatSync, mkdirSync, realpathSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { dirname, isAbsolute, join } from 'node:path'

/**
 * Makes starts faster where that is safe, and does nothing where it is not.
 *
 * @returns {string | null} the directory that is in use
 */
export function useCompileCache() {
  const directory = cacheDirectory()
  if (directory === null || !isPrivate(directory)) return null
  enableCompileCache(directory)
  return directory
}

/**
 * Of the installation that STEAD_HOME names, of the machine for root, of the user otherwise. On Windows
 * of the user always: the rights of a directory that is made elsewhere are those of the one above it.
 */
function cacheDirectory() {
  const { env, platform } = process
  if (platform === 'win32')
    return env.LOCALAPPDATA ? join(env.LOCALAPPDATA, 'stead', 'cache') : null
  if (env.STEAD_HOME) return isAbsolute(env.STEAD_HOME) ? join(env.STEAD_HOME, 'cache') : null
  if (process.geteuid() === 0) return '/var/cache/stead'
  if (env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME)) return join(env.XDG_CACHE_HOME, 'stead')
  return env.HOME ? join(env.HOME, '.cache', 'stead') : null
}

/** Creates the directory if need be; false where anybody but this user and root could put files in it. */
function isPrivate(directory) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (process.platform === 'win32') return true
    const own = process.geteuid()
    let at = realpathSync(directory)
    const { uid, mode } = lstatSync(at)
    if (uid !== own || (mode & 0o022) !== 0) return false
    // Whoever may rename a directory above can put another one in its place.
    while (at !== dirname(at)) {
      at = dirname(at)
      const above = lstatSync(at)
      if (above.uid !== 0 && above.uid !== own) return false
      const sticky = (above.mode & 0o1000) !== 0
      if ((above.mode & 0o022) !== 0 && !sticky) return false
    }
    return true
  } catch {
    return false
  }
}
