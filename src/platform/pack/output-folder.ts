import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSteadError, SteadError } from '../../errors.ts'

/** Codes of the operating system for a place that cannot be written to. */
const UNWRITABLE = /^(ENOSPC|EDQUOT|EACCES|EPERM|EROFS|ENOTDIR|EFBIG)$/

/**
 * Has something made in a directory beside the output folder, and moves what was made into the folder when
 * all of it is there. Whatever happens, the directory is gone afterwards.
 *
 * @param make is given the directory, and returns paths of finished files
 * @returns where they are now
 * @throws PACK_OUTPUT_UNWRITABLE for a full disk or a right that is missing
 */
export async function withOutputFolder(
  folder: string,
  make: (room: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  let room: string | null = null
  try {
    await mkdir(dirname(folder), { recursive: true })
    room = await mkdtemp(join(dirname(folder), '.stead-pack-'))
    const made = await make(room)
    await mkdir(folder, { recursive: true })
    const moved = made.map((path) => ({ from: path, to: join(folder, basename(path)) }))
    for (const { from, to } of moved) await rename(from, to)
    return moved.map(({ to }) => to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (isSteadError(error) || typeof code !== 'string' || !UNWRITABLE.test(code)) throw error
    const reason = (error as Error).message
    throw new SteadError('PACK_OUTPUT_UNWRITABLE', { path: folder, reason }, { cause: error })
  } finally {
    if (room !== null) await rm(room, { recursive: true, force: true })
  }
}
