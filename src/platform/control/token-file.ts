import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Of a token: fewer characters could be guessed. */
const SHORTEST = 16
const LONGEST = 4_096

/**
 * The token in a file, which its owner alone may read, and who is the user of this process or root.
 *
 * @throws an error in words where that is not so
 */
export function readTokenFile(path: string): string {
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
    const bytes = Buffer.alloc(LONGEST)
    const token = bytes.toString('utf8', 0, readSync(file, bytes, 0, LONGEST, 0)).trim()
    if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST) {
      throw new Error(`${path} has to have one token of at least ${SHORTEST} characters in it`)
    }
    return token
  } finally {
    closeSync(file)
  }
}
