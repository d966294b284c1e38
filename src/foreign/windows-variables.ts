import { win32 } from 'node:path'
import { pathFrom, type Source } from './source.ts'
import { variable } from './variable.ts'

/**
 * `%NAME%` as ExpandEnvironmentStringsW has it, made into variables of the guard. Windows leaves a name
 * that is not there as it is written; so does this with names that stead.yaml cannot say.
 *
 * @param tell is told of each name that stays as it is
 * @param known the value of a name that is known already, in upper case; null for the others
 */
export function withVariables(
  text: string,
  tell: (name: string) => void,
  known: (name: string) => string | null = () => null,
): string {
  return text.replace(/%([A-Za-z_][\w()]{0,99})%/g, (whole, name: string) => {
    const value = known(name.toUpperCase())
    if (value !== null) return value
    const made = variable(name, null)
    if (made === null) tell(name)
    return made ?? whole
  })
}

/** A path of a program of Windows: absolute there, or meant from a directory of the configuration. */
export function windowsPath(directory: string, path: string, base: string): string {
  return isWindowsPath(path) || /^[%\uFDD0]/.test(path) ? path : pathFrom(directory, path, base)
}

/** With a drive, or on another machine: `C:\a`, `\\server\share`. */
export function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]|^[\\/]{2}/.test(path)
}

/** The directory of a path of Windows or of this system. */
export function directoryOf(path: string): string {
  return isWindowsPath(path) || path.includes('\\')
    ? win32.dirname(path)
    : path.replace(/\/[^/]*$/, '')
}

/** Where a configuration lies; null where it was brought to a machine on which its paths mean nothing. */
export function windowsDirectory({ path }: Pick<Source, 'path'>): string | null {
  return isWindowsPath(path) ? win32.dirname(path) : null
}
