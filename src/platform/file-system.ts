import { constants } from 'node:fs'
import { access, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileFacts, FileSystem } from '../model/ports/file-system.ts'

/** For its owner alone. */
const PRIVATE = 0o600

/** The machine's files. Errors of the system other than "not there" and "there already" are passed on. */
export function nodeFileSystem(): FileSystem {
  return {
    readText: (path) => orNull(readFile(path, 'utf8')),
    writeAtomic,
    createExclusive,
    async remove(path) {
      return (await orNull(unlink(path).then(() => true))) ?? false
    },
    async makeDirectory(path, mode) {
      await mkdir(path, { recursive: true, mode })
    },
    async facts(path) {
      const found = await orNull(stat(path))
      if (found === null) return null
      return {
        kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other',
        mode: found.mode & 0o7777,
        uid: found.uid,
        size: found.size,
      } satisfies FileFacts
    },
    async names(path) {
      return ((await orNull(readdir(path))) ?? []).sort()
    },
    async canExecute(path) {
      return access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    },
  }
}

/** Puts a file in the place of another, or of none, that nobody but its owner may read. */
export function replacePrivate(path: string, text: string): Promise<void> {
  return writeAtomic(path, text, PRIVATE, true)
}

async function writeAtomic(path: string, text: string, mode: number, alone = false): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  // A leftover of a process that died with this pid is nobody's any more.
  await rm(temporary, { force: true })
  try {
    await writeNew(temporary, text, mode, alone)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncDirectory(dirname(path))
}

async function createExclusive(path: string, text: string, mode: number): Promise<boolean> {
  try {
    await writeNew(path, text, mode, mode === PRIVATE)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** @param alone on Windows, where a mode says nothing, by an access list of its own */
async function writeNew(path: string, text: string, mode: number, alone: boolean): Promise<void> {
  const byList = alone && process.platform === 'win32'
  if (byList) (await import('./win32/private-files.ts')).createPrivate(path)
  const file = await open(path, byList ? 'r+' : 'wx', mode)
  try {
    // The umask may have taken bits away that the caller asked for.
    if (process.platform !== 'win32') await file.chmod(mode)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory for this; its rename is journalled.
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}
