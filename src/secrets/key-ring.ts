import { createHash, randomBytes } from 'node:crypto'

/** AES-256. */
const KEY_BYTES = 32
const LINE = /^stead-key-v(\d+)\s+([0-9a-f]{8})\s+([A-Za-z0-9_-]+)$/

export interface SecretKey {
  /** Eight hexadecimal digits, made from the key itself: a key cannot go by the name of another. */
  readonly id: string
  readonly bytes: Buffer
}

/** The keys that are at hand. The first seals; all of them open. */
export interface KeyRing {
  readonly sealing: SecretKey
  readonly keys: ReadonlyMap<string, SecretKey>
  /** Where they come from, in words. */
  readonly source: string
}

/** A new key of 256 random bits. */
export function newKey(): SecretKey {
  return keyOf(randomBytes(KEY_BYTES))
}

/** The line of a key file: format, id, and the key as base64url (RFC 4648, section 5). */
export function formatKey({ id, bytes }: SecretKey): string {
  return `stead-key-v1 ${id} ${bytes.toString('base64url')}`
}

/**
 * Reads a key file: a key a line, the newest first; blank lines and lines that begin with `#` say
 * nothing.
 *
 * @param source where the text is from, in words
 * @returns the problem instead, by line; never a part of a key
 */
export function parseKeyRing(text: string, source: string): KeyRing | { readonly problem: string } {
  const keys: SecretKey[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const written = line.trim()
    if (written === '' || written.startsWith('#')) continue
    const key = parseKey(written)
    if ('problem' in key) return { problem: `${source}, line ${index + 1}: ${key.problem}` }
    keys.push(key)
  }
  const [sealing] = keys
  if (sealing === undefined) return { problem: `${source} has no key in it` }
  return { sealing, keys: new Map(keys.map((key) => [key.id, key])), source }
}

function parseKey(line: string): SecretKey | { readonly problem: string } {
  const [, version, id, text] = LINE.exec(line) ?? []
  if (version === undefined || text === undefined) return { problem: 'this is no key of stead' }
  if (version !== '1') return { problem: `keys of version ${version} are for a newer stead` }
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length !== KEY_BYTES) return { problem: `a key has ${KEY_BYTES} bytes` }
  const key = keyOf(bytes)
  return key.id === id ? key : { problem: `the key is not the one that it is called, ${id}` }
}

/** Thirty-two bits of a hash tell keys apart, and say nothing about 256 random ones. */
function keyOf(bytes: Buffer): SecretKey {
  const id = createHash('sha256').update('stead-key-v1').update(bytes).digest('hex').slice(0, 8)
  return { id, bytes }
}
