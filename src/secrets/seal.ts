import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { SecretOpener } from '../model/ports/secret-opener.ts'
import { isSealed } from '../model/ports/secret-opener.ts'
import type { KeyRing, SecretKey } from './key-ring.ts'

/** NIST SP 800-38D, 8.2.2: random nonces of 96 bits, for at most 2^32 values of one key. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'
const ENVELOPE = /^ENC\(v(\d+)\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)\)$/

export type SettingPath = readonly PropertyKey[]

/**
 * Seals a value for one setting: `ENC(v1.KEYID.BASE64URL)`, of nonce, ciphertext and tag. Version, key
 * and the setting's path are authenticated with it, so that it opens nowhere else.
 *
 * @param nonce for tests; never the same twice for one key
 */
export function seal(
  value: string,
  path: SettingPath,
  key: SecretKey,
  nonce: Buffer = randomBytes(NONCE_BYTES),
): string {
  const cipher = createCipheriv(CIPHER, key.bytes, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated(key.id, path))
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()])
  const bytes = Buffer.concat([nonce, text, cipher.getAuthTag()])
  return `ENC(v1.${key.id}.${bytes.toString('base64url')})`
}

/** The id of the key that a value was sealed with; null where it is no envelope that is known. */
export function keyIdOf(text: string): string | null {
  const [, version, id] = ENVELOPE.exec(text) ?? []
  return version === '1' ? (id ?? null) : null
}

/** Opens with the keys of a ring. */
export function openerOf(ring: KeyRing): SecretOpener {
  return (text, path) => {
    const [, version, id, body] = ENVELOPE.exec(text) ?? []
    if (version === undefined || id === undefined || body === undefined)
      return { problem: malformed(text) }
    if (version !== '1')
      return { problem: `it is sealed in version ${version}, which a newer stead knows` }
    const key = ring.keys.get(id)
    if (key === undefined)
      return { problem: `it is sealed with key ${id}, which is not in ${ring.source}` }
    return opened(Buffer.from(body, 'base64url'), key, path)
  }
}

function malformed(text: string): string {
  return isSealed(text) ? 'what is in ENC(…) is damaged, or not of stead' : 'it is not sealed'
}

function opened(
  bytes: Buffer,
  { id, bytes: key }: SecretKey,
  path: SettingPath,
): { readonly value: string } | { readonly problem: string } {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return { problem: 'what is in ENC(…) is cut short' }
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const cipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated(id, path))
  cipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  try {
    const text = bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)
    const value = Buffer.concat([cipher.update(text), cipher.final()])
    return { value: value.toString('utf8') }
  } catch {
    // The tag covers all of it: which part is not as it was cannot be told.
    return { problem: 'it was changed, or sealed for another setting' }
  }
}

/** A list in JSON is one text for one path, whatever characters the names have. */
function associated(id: string, path: SettingPath): Buffer {
  return Buffer.from(JSON.stringify(['stead', 'v1', id, ...path.map(String)]))
}
