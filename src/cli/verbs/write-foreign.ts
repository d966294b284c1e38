import { SteadError } from '../../errors.ts'
import { nodeFileSystem } from '../../platform/file-system.ts'

/** The exit code with `--strict` where something could not be carried over. */
export const LOST = 8

/** Writes a file; one that is there is replaced only by force. @throws FILE_EXISTS, FILE_UNWRITABLE */
export async function writeNew(path: string, text: string, force: boolean): Promise<void> {
  const files = nodeFileSystem()
  try {
    if (force) await files.writeAtomic(path, text, 0o644)
    else if (!(await files.createExclusive(path, text, 0o644)))
      throw new SteadError('FILE_EXISTS', { path })
  } catch (error) {
    if (error instanceof SteadError) throw error
    const reason = (error as NodeJS.ErrnoException).message
    throw new SteadError('FILE_UNWRITABLE', { path, reason }, { cause: error })
  }
}
