import { accessSync, constants, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'
import { SteadError } from '../errors.ts'
import type { ForeignFiles } from '../model/ports/foreign-files.ts'

const MAX_FILE = 1024 * 1024
const MAX_ALL = 8 * MAX_FILE
const MAX_FILES = 5_000

/** Reads what an import asks for, within the bounds of {@link ForeignFiles}. */
export function foreignFiles(): ForeignFiles {
  let files = 0
  let bytes = 0
  return {
    readText(path, within) {
      return orNull(path, () => {
        const refuse = (reason: string): never => {
          throw new SteadError('FILE_UNREADABLE', { path, reason })
        }
        const facts = statSync(path)
        // A FIFO would make the import wait for ever, and a device has no end.
        if (!facts.isFile()) return facts.isDirectory() ? null : refuse('it is not a regular file')
        if (facts.size > MAX_FILE)
          refuse(`it has ${facts.size} bytes; ${MAX_FILE} at most are read`)
        files += 1
        bytes += facts.size
        if (files > MAX_FILES) refuse(`more than ${MAX_FILES} files belong to this configuration`)
        if (bytes > MAX_ALL)
          refuse(`the files of this configuration have more than ${MAX_ALL} bytes`)
        if (within !== undefined && !`${realpathSync(path)}${sep}`.startsWith(inside(within)))
          refuse(`it is a link that leads out of ${within}`)
        return textOf(readFileSync(path))
      })
    },
    names: (path) =>
      orNull(path, () => (statSync(path).isDirectory() ? readdirSync(path).sort() : null)),
    canExecute(path) {
      try {
        accessSync(path, constants.X_OK)
        return statSync(path).isFile()
      } catch {
        return false
      }
    },
  }
}

/** What Windows writes is UTF-16 often, with a mark at its beginning. */
function textOf(bytes: Uint8Array): string {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)
  const encoding = mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function inside(directory: string): string {
  return `${realpathSync(directory)}${sep}`
}

function orNull<T>(path: string, read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof SteadError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw new SteadError('FILE_UNREADABLE', { path, reason: message }, { cause: error })
  }
}
