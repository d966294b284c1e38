import { randomBytes } from 'node:crypto'
import { chmod, chown, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Where the versions of a program lie that came after the one that was installed. */
const VERSIONS = 'versions'
/** Of a user's file that goes on: what the new version would have had in its place. */
const NEW_ENDING = '.new'

export interface VersionPlace {
  /** Where the program was installed: what is removed with it. */
  readonly root: string
  /** The directory of the version that is the service now. */
  readonly current: string
}

/** @param executable absolute, of the version that is the service now */
export function versionPlace(executable: string): VersionPlace {
  const current = dirname(executable)
  const isVersion = basename(dirname(current)) === VERSIONS
  return { root: isVersion ? dirname(dirname(current)) : current, current }
}

export interface VersionFile {
  /** Relative, with `/`; it is known to stay inside. */
  readonly path: string
  readonly mode: number
  readonly bytes: Uint8Array
}

/**
 * Writes a version into a directory of its own, in one step for those who look: `ROOT/versions/VERSION`.
 * Files of `config` that the current version has go on as they are, with owner and mode; where the new
 * version has other content, that lies beside them as `NAME.new`.
 *
 * @returns the directory
 */
export async function placeVersion(
  { root, current }: VersionPlace,
  version: string,
  files: readonly VersionFile[],
  config: readonly string[],
): Promise<string> {
  const versions = join(root, VERSIONS)
  const directory = join(versions, version)
  if (directory === current) throw new Error(`${directory} is the version that runs`)
  await mkdir(versions, { recursive: true, mode: 0o755 })
  const making = join(versions, `.${version}.${randomBytes(6).toString('hex')}`)
  await mkdir(making, { mode: 0o755 })
  try {
    for (const file of files) {
      const path = join(making, file.path)
      await mkdir(dirname(path), { recursive: true, mode: 0o755 })
      await write(path, file.bytes, file.mode)
      if (config.includes(file.path)) await carryOn(join(current, file.path), path, file.bytes)
    }
    // One that was tried before and taken back.
    await rm(directory, { recursive: true, force: true })
    await rename(making, directory)
  } catch (error) {
    await rm(making, { recursive: true, force: true })
    throw error
  }
  return directory
}

/** Removes the versions that are not named, and what an interrupted update has left. */
export async function forgetVersions(
  root: string,
  kept: readonly string[],
): Promise<readonly string[]> {
  const versions = join(root, VERSIONS)
  const names = await readdir(versions).catch(() => [])
  const gone: string[] = []
  for (const name of names) {
    const directory = join(versions, name)
    if (kept.includes(directory)) continue
    try {
      await rm(directory, { recursive: true, force: true })
      gone.push(directory)
    } catch {
      // Windows keeps what is in use; the next update comes by again.
    }
  }
  return gone
}

/** Removes a version that was taken back. What Windows keeps because it is in use is left. */
export async function removeVersion(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true }).catch(() => {})
}

async function carryOn(from: string, to: string, fresh: Uint8Array): Promise<void> {
  const facts = await lstat(from).catch(() => null)
  if (facts?.isFile() !== true) return
  const own = await readFile(from)
  if (own.equals(fresh)) return
  await rename(to, `${to}${NEW_ENDING}`)
  await write(to, own, 0o600)
  if (process.platform !== 'win32') await chown(to, facts.uid, facts.gid)
  await chmod(to, facts.mode & 0o777)
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
