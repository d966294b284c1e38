import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * The text of a file that its owner alone may read, and who is the user of this process or root. On
 * Windows it is read without a look at its access control list.
 *
 * @param longest bytes; what is beyond them is not read
 * @throws an error in words where somebody else could read or change it; the system's where it cannot be read
 */
export function readPrivateFile(path: string, longest: number): string {
  const file = openSync(path, 'r')
  try {
    // Of what was opened: another file may stand there by now.
    const { mode, uid } = fstatSync(file)
    if (process.platform !== 'win32') {
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
