import type { ServiceSpec } from '../model/service-spec.ts'

export interface Move {
  /** The directory of the version before, by each of the names that it was reached by. */
  readonly from: readonly string[]
  /** The directory of the new one. */
  readonly to: string
  /** Absolute path of the new one's executable. */
  readonly executable: string
  /** Paths of the files in it, relative and with `/`. */
  readonly files: readonly string[]
}

/**
 * A service as it was asked for, with the executable and all else that a new version has taken from its
 * directory. What lay beside the program before and is no part of it, such as data, stays where it is.
 * Directories are absolute; where they are of Windows, capitals and the kind of slash make no difference.
 */
export function movedSpec(spec: ServiceSpec, { from, to, executable, files }: Move): ServiceSpec {
  const moved = (path: string): string => {
    const old = from.find((directory) => isWithin(path, directory))
    if (old === undefined) return path
    const rest = path.slice(old.length)
    return isPart(rest.slice(1)) ? to + rest : path
  }
  /** Whether the new version has it, as a file or as a directory. */
  function isPart(path: string): boolean {
    const wanted = folded(path, isOfWindows(to))
    return wanted === '' || files.some((file) => isWithin(folded(file, isOfWindows(to)), wanted))
  }
  const where = <T extends string | null>(path: T): T => (path === null ? path : (moved(path) as T))
  return {
    ...spec,
    file: executable,
    args: spec.args.map(moved),
    cwd: where(spec.cwd),
    configFile: where(spec.configFile),
    remote: where(spec.remote),
    envFile: where(spec.envFile),
  }
}

function isWithin(path: string, directory: string): boolean {
  const windows = isOfWindows(directory)
  const [inner, outer] = [folded(path, windows), folded(directory, windows)]
  return inner === outer || inner.startsWith(`${outer}/`)
}

function folded(path: string, isWindows: boolean): string {
  return isWindows ? path.replaceAll('\\', '/').toLowerCase() : path
}

function isOfWindows(path: string): boolean {
  return /^(?:[a-z]:|\\\\)/i.test(path)
}
