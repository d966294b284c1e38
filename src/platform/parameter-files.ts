import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import {
  ASKED_FILE,
  type AskedParameters,
  askedText,
  LONGEST_FILE,
  readAsked,
  readTold,
  TOLD_FILE,
  type ToldParameters,
  toldText,
} from '../model/parameter-channel.ts'
import type { ServiceParameters } from '../model/ports/service-parameters.ts'
import { watchFiles } from './watch-files.ts'

/** What was set is nobody's secret, and the service may be another user than who sets it. */
const MODE = 0o644
const DIRECTORY_MODE = 0o755

/**
 * Systems run out of watches (max_user_instances, inotify(7)), and lose signs of changes
 * (ReadDirectoryChangesW). A service looks for as long as it runs, whoever waits for it for seconds.
 */
const POLL = { asked: 2_000, told: 200 } as const

const BUSY: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY'])
const MOST_TRIES = 50
/** Between two tries, in milliseconds. */
const PAUSE = 10

/** A request or an answer is one file that is replaced: there is nothing to wait for beyond that. */
const DEBOUNCE = 5

/**
 * The two files of a service's parameters. Both sides use it: the directory may belong to a user whom
 * the other side does not trust, so files in it are opened without following a link, and without
 * waiting for what is none.
 */
export interface ParameterFiles {
  asked(): AskedParameters | null
  told(): ToldParameters | null
  /** @throws what the system says */
  ask(asked: AskedParameters): void
  /** @throws what the system says */
  tell(told: ToldParameters): void
  watch(file: 'asked' | 'told', changed: () => void): () => void
}

export function parameterFiles(directory: string): ParameterFiles {
  const paths = { asked: join(directory, ASKED_FILE), told: join(directory, TOLD_FILE) }
  const read = <T>(path: string, parse: (text: string) => T | null): T | null => {
    const text = readPlainFile(path)
    return text === null ? null : parse(text)
  }
  return {
    asked: () => read(paths.asked, readAsked),
    told: () => read(paths.told, readTold),
    ask: (asked) => replaceFile(paths.asked, askedText(asked)),
    tell: (told) => replaceFile(paths.told, toldText(told)),
    watch(file, changed) {
      const watcher = watchFiles({ debounce: DEBOUNCE, poll: POLL[file], changed })
      watcher.follow([paths[file]])
      return () => watcher.close()
    },
  }
}

/** The side of the service: whoever has no directory for it yet has one then, if that can be. */
export function serviceParameters(directory: string, life: string | null): ServiceParameters {
  const files = parameterFiles(directory)
  try {
    makeParameterDirectory(directory, null)
  } catch {
    // What cannot be made cannot be written to either, and that is told.
  }
  return {
    asked: files.asked,
    tell: (told) => files.tell({ ...told, life }),
    watch: (changed) => files.watch('asked', changed),
  }
}

/**
 * Makes the directory of a service's parameters, and gives it to the service.
 *
 * @param owner null for whoever makes it
 * @throws what the system says
 */
export function makeParameterDirectory(
  directory: string,
  owner: { readonly uid: number; readonly gid: number } | null,
): void {
  mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE })
  if (owner === null || process.platform === 'win32') return
  const { uid, gid } = statSync(directory)
  if (uid !== owner.uid || gid !== owner.gid) chownSync(directory, owner.uid, owner.gid)
  chmodSync(directory, DIRECTORY_MODE)
}

/** Null for what is not there, is no file, or is too long. */
function readPlainFile(path: string): string | null {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
  let file: number
  try {
    file = patiently(() => openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK))
  } catch {
    return null
  }
  try {
    const facts = fstatSync(file)
    if (!facts.isFile() || facts.size > LONGEST_FILE) return null
    const bytes = Buffer.alloc(facts.size)
    let size = 0
    for (let more = -1; more !== 0 && size < bytes.length; size += more)
      more = readSync(file, bytes, size, bytes.length - size, null)
    return bytes.toString('utf8', 0, size)
  } catch {
    return null
  } finally {
    closeSync(file)
  }
}

/** In one step: whoever reads it has the old one or the new one. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`
  // A leftover of a process that died with this pid is nobody's any more.
  rmSync(temporary, { force: true })
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants
  const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MODE)
  try {
    // The umask may have taken bits away.
    if (process.platform !== 'win32') fchmodSync(file, MODE)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  try {
    patiently(() => renameSync(temporary, path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * On Windows a file cannot be replaced while somebody reads it, nor opened while it is replaced
 * (ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION); both sides do so at just that moment, each for less
 * than one of these pauses.
 */
function patiently<T>(act: () => T): T {
  for (let tries = 1; ; tries += 1) {
    try {
      return act()
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (process.platform !== 'win32' || !BUSY.has(code) || tries >= MOST_TRIES) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
}
