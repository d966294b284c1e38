import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPrivateFile } from '../private-file.ts'
import { unprotect } from '../win32/data-protection.ts'

/** The text of keys, and in words where it is from. */
export interface KeyText {
  readonly text: string
  readonly source: string
}

export interface KeyPlaces {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where a key file is if nothing names another. */
  readonly file: string
}

/** The name that LoadCredential= of systemd.exec(5) has to give it. */
export const CREDENTIAL = 'stead.key'
/** With what a key file begins that Windows protects (DPAPI); base64 is behind it. */
export const PROTECTED = 'stead-key-dpapi-v1 '
/** A thousand keys. */
const LONGEST = 64 * 1024

/**
 * Looks for keys: the variable STEAD_KEY, the file that STEAD_KEY_FILE names, the credential
 * `stead.key` of systemd, the file of this installation. The first that is there counts.
 *
 * @returns null where there is none
 * @throws an error in words where one is there and cannot be used: never the next is taken in its stead
 */
export function findKeyText({ env, file }: KeyPlaces): KeyText | null {
  if (env.STEAD_KEY !== undefined) return { text: env.STEAD_KEY, source: 'STEAD_KEY' }
  if (env.STEAD_KEY_FILE !== undefined) return ofFile(env.STEAD_KEY_FILE)
  if (env.CREDENTIALS_DIRECTORY !== undefined) {
    const path = join(env.CREDENTIALS_DIRECTORY, CREDENTIAL)
    // Its directory is systemd's, and lets nobody else in.
    if (existsSync(path)) return { text: readFileSync(path, 'utf8'), source: path }
  }
  return existsSync(file) ? ofFile(file) : null
}

function ofFile(path: string): KeyText {
  const text = readPrivateFile(path, LONGEST)
  if (!text.startsWith(PROTECTED)) return { text, source: path }
  if (process.platform !== 'win32') throw new Error(`${path} can be read on its Windows only`)
  const bytes = unprotect(Buffer.from(text.slice(PROTECTED.length).trim(), 'base64'))
  return { text: bytes.toString('utf8'), source: path }
}
