import { accessSync, constants, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SpawnRequest } from '../../../model/ports/spawner.ts'

/** confstr(3), _CS_PATH: what execvp(3) takes where there is no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin'

/**
 * Path of the program, as execvp(3) finds it, but with PATH and directory of the child.
 *
 * @returns the path of something that may not be executed where there is nothing better; null where there is nothing
 */
export function findProgram({
  file,
  cwd,
  env,
}: Pick<SpawnRequest, 'file' | 'cwd' | 'env'>): string | null {
  if (file === '') return null
  if (file.includes('/')) return resolve(cwd, file)
  let second: string | null = null
  for (const directory of (env.PATH ?? DEFAULT_PATH).split(':')) {
    const path = resolve(cwd, directory, file)
    if (!isFile(path)) continue
    if (isExecutable(path)) return path
    second ??= path
  }
  return second
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false
  }
}
