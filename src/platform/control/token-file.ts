import { readPrivateFile } from '../private-file.ts'

/** Of a token: fewer characters could be guessed. */
const SHORTEST = 16
const LONGEST = 4_096

/**
 * The token in a file, which its owner alone may read, and who is the user of this process or root.
 *
 * @throws an error in words where that is not so
 */
export function readTokenFile(path: string): string {
  const token = readPrivateFile(path, LONGEST).trim()
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST) {
    throw new Error(`${path} has to have one token of at least ${SHORTEST} characters in it`)
  }
  return token
}
