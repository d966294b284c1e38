/** The files of keys that sign, and of those that are trusted. */
import { readFileSync } from 'node:fs'
import { SteadError } from '../errors.ts'
import { readPrivateFile } from '../platform/private-file.ts'
import { parsePrivateKey, parsePublicKeys, type SigningKey } from '../secrets/signing-key.ts'

/** A private key of Ed25519 has a few hundred characters. */
const LONGEST_KEY = 64 * 1024

/** The key that signs. @throws KEY_UNUSABLE */
export function privateKey(path: string): SigningKey {
  let pem: string
  try {
    pem = readPrivateFile(path, LONGEST_KEY)
  } catch (cause) {
    throw new SteadError('KEY_UNUSABLE', { reason: (cause as Error).message }, { cause })
  }
  const key = parsePrivateKey(pem, path)
  if ('problem' in key) throw new SteadError('KEY_UNUSABLE', { reason: key.problem })
  return key
}

/** @throws KEY_UNUSABLE */
export function trustedKeys(path: string): ReadonlyMap<string, SigningKey> {
  const keys = parsePublicKeys(readKey(path), path)
  if ('problem' in keys) throw new SteadError('KEY_UNUSABLE', { reason: keys.problem })
  return keys
}

/** The text of a key file. @throws KEY_UNUSABLE */
export function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new SteadError('KEY_UNUSABLE', { reason: (cause as Error).message }, { cause })
  }
}
