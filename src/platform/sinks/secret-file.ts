import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

const MOST = 64 * 1024

/**
 * The text of a file that is for its owner alone, without the line break at its end.
 *
 * @throws an error that names the file and what to do, and nothing of what is in it
 */
export function readSecret(path: string): string {
  const {
    O_RDONLY,
    O_NONBLOCK,
    O_CLOEXEC = 0,
  } = constants as typeof constants & {
    O_CLOEXEC?: number
  }
  const fd = openSync(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
  try {
    const { mode, uid, size } = fstatSync(fd)
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw new Error(`${path} is no file`)
    if ((mode & 0o077) !== 0) {
      throw new Error(`${path} is open to others than its owner: chmod 600 ${path}`)
    }
    const own = process.geteuid?.()
    if (own !== undefined && uid !== own && uid !== 0) {
      throw new Error(`${path} belongs to uid ${uid}, and not to the guard's ${own}`)
    }
    if (size > MOST) throw new Error(`${path} has more than ${MOST} bytes`)
    const bytes = Buffer.alloc(MOST)
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, MOST, 0)).replace(/\r?\n$/, '')
  } finally {
    closeSync(fd)
  }
}
