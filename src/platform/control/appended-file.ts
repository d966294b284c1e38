import { ftruncateSync, openSync, writeSync } from 'node:fs'

/**
 * Puts a text at the end of a file that has `size` bytes, whole or not at all.
 *
 * @returns its bytes from then on
 * @throws what the system says; the file is then as it was
 */
export function appendWhole(file: number, size: number, text: string): number {
  const bytes = Buffer.from(text)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    return size + bytes.length
  } catch (error) {
    // A disk that is full took the beginning of it.
    ftruncateSync(file, size)
    throw error
  }
}

/** Opens a file for reading; null where there is none. */
export function openOrNull(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
