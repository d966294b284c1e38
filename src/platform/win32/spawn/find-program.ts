import { lstatSync, statSync } from 'node:fs'
import { win32 } from 'node:path'
import type { SpawnRequest } from '../../../model/ports/spawner.ts'
import { variable } from './environment-block.ts'

/** What cmd.exe takes where PATHEXT is not set, as far as it can be started. */
const PATHEXT = '.COM;.EXE;.BAT;.CMD'

/**
 * Path of the program, with PATH, PATHEXT and directory of the child. A name without an ending is
 * tried with those of PATHEXT; the working directory is not searched, which CreateProcessW would do
 * before anything else.
 *
 * @returns null where there is nothing
 */
export function findProgram({
  file,
  cwd,
  env,
}: Pick<SpawnRequest, 'file' | 'cwd' | 'env'>): string | null {
  if (file === '') return null
  const endings = endingsFor(file, variable(env, 'PATHEXT') ?? PATHEXT)
  if (/[\\/:]/.test(file)) return firstFile(win32.resolve(cwd, file), endings)
  for (const entry of (variable(env, 'PATH') ?? '').split(';')) {
    const directory = entry.replace(/^"(.*)"$/, '$1')
    if (directory === '') continue
    const found = firstFile(win32.resolve(cwd, directory, file), endings)
    if (found !== null) return found
  }
  return null
}

function endingsFor(file: string, pathExt: string): readonly string[] {
  const known = pathExt.split(';').filter((ending) => /^\.\w+$/.test(ending))
  return win32.extname(file) === '' ? [...known, ''] : ['', ...known]
}

function firstFile(path: string, endings: readonly string[]): string | null {
  for (const ending of endings) {
    if (isFile(`${path}${ending}`)) return `${path}${ending}`
  }
  return null
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return isLink(path)
  }
}

/** An alias of the Store is a link that nobody but CreateProcessW can follow. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}
