import { gunzipSync } from 'node:zlib'
import { SteadError } from '../errors.ts'
import type { UpdateArchive } from '../model/update-manifest.ts'
import { type TarFile, tarFiles } from './tar-files.ts'

/** Bytes that an archive may have beside those of its files: a header and padding for each. */
const OVERHEAD = 16 * 1024 ** 2

/**
 * The files of an archive whose hash is known to be that which was signed.
 *
 * @throws UPDATE_REFUSED
 */
export function unpack(
  bytes: Uint8Array,
  { archive, unpacked, executable }: UpdateArchive,
  source: string,
): readonly TarFile[] {
  const refused = (reason: string, cause?: unknown): SteadError =>
    new SteadError('UPDATE_REFUSED', { source, reason: `${archive}: ${reason}` }, { cause })
  let tar: Buffer
  try {
    tar = gunzipSync(bytes, { maxOutputLength: unpacked + OVERHEAD })
  } catch (cause) {
    throw refused(`it cannot be unpacked (${(cause as Error).message})`, cause)
  }
  const files = tarFiles(tar)
  if ('problem' in files) throw refused(files.problem)
  const total = files.reduce((sum, file) => sum + file.bytes.length, 0)
  if (total !== unpacked) throw refused(`it has ${total} bytes, and was signed as ${unpacked}`)
  const program = files.find(({ path }) => path === executable)
  if (program === undefined || (program.mode & 0o111) === 0)
    throw refused(`it has no executable ${executable}`)
  return files
}
