import { randomBytes } from 'node:crypto'
import { realpathSync } from 'node:fs'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSemanticVersion } from '../../model/semantic-version.ts'
import { patiently } from './patiently.ts'

/** Where the versions of a program lie that came after the one that was installed. */
const VERSIONS = 'versions'
/** Of a file that users change: what the version has brought, as setup programs lay it too. */
const DEFAULT_ENDING = '.default'

export interface VersionPlace {
  /** Where the program was installed: what is removed with it. */
  readonly root: string
  /** The directory of the version that is the service now. */
  readonly current: string
}

/**
 * Where an executable lies, by the one name that its directories have: links resolved, on Windows also
 * capitals and short names, so that two places can be compared as texts.
 *
 * @param executable absolute, of the version that is the service now; it may be gone
 */
export function versionPlace(executable: string): VersionPlace {
  const current = dirname(realPath(executable))
  const isVersion = basename(dirname(current)) === VERSIONS
  return { root: isVersion ? dirname(dirname(current)) : current, current }
}

/** The one name of a path; itself where there is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    // What is gone is told by who starts it.
    return path
  }
}

export interface VersionFile {
  /** Relative, with `/`; it is known to stay inside. */
  readonly path: string
  readonly mode: number
  readonly bytes: Uint8Array
}

/** What a version has, and who else is concerned. */
export interface NewVersion {
  readonly files: readonly VersionFile[]
  /** Paths of those that users change. */
  readonly config: readonly string[]
  /** Directories of versions that other services of the program run. */
  readonly inUse: readonly string[]
}

export function versionDirectory(root: string, version: string): string {
  return join(root, VERSIONS, version)
}

/**
 * Writes a version into a directory of its own, in one step for those who look: `ROOT/versions/VERSION`.
 * One that another service runs is taken as it is. Files of `config` that were changed go on as they are,
 * with owner and mode; what the version has brought is beside each as `NAME.default`. Where that of the
 * current version is not known, what differs is taken for changed.
 *
 * @returns the directory
 */
export async function placeVersion(
  { root, current }: VersionPlace,
  version: string,
  { files, config, inUse }: NewVersion,
): Promise<string> {
  const versions = join(root, VERSIONS)
  const directory = versionDirectory(root, version)
  if (directory === current) throw new Error(`${directory} is the version that runs`)
  if (inUse.includes(directory)) return directory
  await mkdir(versions, { recursive: true, mode: 0o755 })
  const making = join(versions, `.${version}.${randomBytes(6).toString('hex')}`)
  await mkdir(making, { mode: 0o755 })
  try {
    for (const file of files) {
      const path = join(making, file.path)
      await mkdir(dirname(path), { recursive: true, mode: 0o755 })
      const own = config.includes(file.path) ? await changed(join(current, file.path)) : null
      if (own === null) await write(path, file.bytes, file.mode)
      else await carryOn(own, path)
      // A version may have a file of that name itself.
      const brought = `${file.path}${DEFAULT_ENDING}`
      if (config.includes(file.path) && !files.some((other) => other.path === brought))
        await write(`${path}${DEFAULT_ENDING}`, file.bytes, file.mode)
    }
    // One that was tried before and taken back.
    await removeTree(directory)
    // Scanners of viruses look into what has just been written, and Windows moves nothing that is open.
    await patiently(() => rename(making, directory))
  } catch (error) {
    await removeTree(making).catch(() => {})
    throw error
  }
  return directory
}

/**
 * Removes the versions that are not named, and what an interrupted update has left. What has another name
 * is not ours. What Windows keeps because it runs is left; the next update comes by again.
 *
 * @returns what of versions is there still
 */
export async function forgetVersions(
  root: string,
  kept: readonly string[],
): Promise<readonly string[]> {
  const versions = join(root, VERSIONS)
  const names = await readdir(versions).catch(() => [])
  const left: string[] = []
  for (const name of names) {
    const directory = join(versions, name)
    const isOurs = isSemanticVersion(name.replace(/^\.(.*)\.[0-9a-f]{12}$/, '$1'))
    if (kept.includes(directory) || !isOurs || !(await removeVersion(directory)))
      left.push(directory)
  }
  if (left.length === 0) await rmdir(versions).catch(() => {})
  return left
}

/** Removes a version that was taken back. @returns false where Windows keeps what is in use */
export function removeVersion(directory: string): Promise<boolean> {
  return removeTree(directory).then(
    () => true,
    () => false,
  )
}

/** A process of Windows holds its executable for a moment after its end was told. */
function removeTree(directory: string): Promise<void> {
  return patiently(() => rm(directory, { recursive: true, force: true }))
}

interface UsersFile {
  readonly bytes: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** What somebody has made of a file; null for one that is as it came, is not there, or is a link. */
async function changed(path: string): Promise<UsersFile | null> {
  const facts = await lstat(path).catch(() => null)
  if (facts?.isFile() !== true) return null
  const bytes = await readFile(path)
  const brought = await readFile(`${path}${DEFAULT_ENDING}`).catch(() => null)
  return brought?.equals(bytes) === true ? null : { ...facts, bytes }
}

async function carryOn({ bytes, mode, uid, gid }: UsersFile, to: string): Promise<void> {
  await write(to, bytes, 0o600)
  if (process.platform !== 'win32') await chown(to, uid, gid)
  await chmod(to, mode & 0o777)
}

/** On the disk before it is named: a power cut leaves no half of a version behind. */
async function write(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    // The mask of whoever updates is not that of those who run the program.
    if (process.platform !== 'win32') await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}
