import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RemoteSecret } from '../../model/remote-spec.ts'
import { readPrivateFile } from '../private-file.ts'

const LONGEST = 64 * 1024

/**
 * The password or token, read anew each time, so that it may be exchanged in its place.
 *
 * @throws an error that names the place and never what is there
 */
export function remoteSecret(
  { file, env, credential }: RemoteSecret,
  variables: Readonly<Record<string, string | undefined>>,
): string | null {
  if (file !== null) return checked(readPrivateFile(file, LONGEST), file)
  if (env !== null) {
    const value = variables[env]
    if (value === undefined || value === '') throw new Error(`there is no variable ${env}`)
    return checked(value, env)
  }
  if (credential === null) return null
  const directory = variables.CREDENTIALS_DIRECTORY
  if (directory === undefined)
    throw new Error(`systemd has given no credentials, and ${credential} is to be one`)
  // Its directory is systemd's, and lets nobody else in.
  return checked(readFileSync(join(directory, credential), 'utf8'), credential)
}

/** RFC 9110, 5.5: what a header may carry. */
function checked(text: string, where: string): string {
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new Error(`there is nothing in ${where}`)
  if (/[^\x20-\x7e\x80-\xff]/.test(value))
    throw new Error(`${where} has a character that no HTTP header can carry`)
  return value
}
