import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { whoMayRead } from '../model/replaceable.ts'
import { fileDescriptor } from './win32/file-security.ts'

/**
 * The text of a file that its owner alone may read, and who is the user of this process or root. On
 * Windows its access list may let in single accounts and administrators, and no group of ordinary users.
 *
 * @param longest bytes; what is beyond them is not read
 * @throws an error in words where somebody else could read or change it; the system's where it cannot be read
 */
export function readPrivateFile(path: string, longest: number): string {
  const file = openSync(path, 'r')
  try {
    // Of what was opened: another file may stand there by now.
    const { mode, uid } = fstatSync(file)
    if (process.platform === 'win32') {
      refuseOpenToOthers(path)
    } else {
      if (uid !== 0 && uid !== process.geteuid?.()) {
        throw new Error(`${path} belongs to uid ${uid}, who could change it`)
      }
      if ((mode & 0o077) !== 0) {
        throw new Error(`${path} can be read by others: chmod 600 ${path}`)
      }
    }
    const bytes = Buffer.alloc(longest)
    let size = 0
    for (let more = -1; more !== 0 && size < longest; size += more)
      more = readSync(file, bytes, size, longest - size, null)
    return bytes.toString('utf8', 0, size)
  } finally {
    closeSync(file)
  }
}

/** By its path: what is open for reading keeps nobody from putting another file there before this. */
function refuseOpenToOthers(path: string): void {
  const descriptor = fileDescriptor(path)
  if (descriptor === null) throw new Error(`who may read ${path} is not told`)
  const who = whoMayRead(descriptor)
  if (who === null) return
  throw new Error(
    `${path} can be read by others (${who}): icacls "${path}" /inheritance:r /grant:r "%USERNAME%:F"`,
  )
}
