import { decodeText } from '../../model/decode-text.ts'
import type { RemoteText } from '../../model/ports/remote-source.ts'
import { type RemoteKey, SIGNATURE_ENDING } from '../../model/remote-spec.ts'
import { MAX_DOCUMENT } from './ask-remote.ts'
import { MAX_SIGNATURE } from './fitting-pair.ts'

/** Settings of one prefix, at most. */
export const MAX_KEYS = 10_000
/** Bytes of an answer: values are in base64, and there is something around each. */
export const MAX_ANSWER = 2 * MAX_DOCUMENT + MAX_KEYS * 512

/** A key of a store and what stands there. */
export interface StoredKey {
  readonly key: string
  readonly value: Buffer
}

/**
 * What the keys of a store say: the document of the one key, or the settings of all; null where there is
 * none.
 *
 * @throws an error in words where it is too long or no text
 */
export function settingsText(
  { name, prefix }: RemoteKey,
  format: RemoteText['format'],
  found: readonly StoredKey[],
): Pick<RemoteText, 'text' | 'format'> | null {
  const [first] = found
  if (first === undefined) return null
  if (!prefix) return { text: textOf(first), format }
  if (found.length > MAX_KEYS) throw new Error(`there are more than ${MAX_KEYS} keys below ${name}`)
  const pairs = found
    // A key for the prefix itself is a folder, as some clients make them.
    .filter(({ key, value }) => key !== name || value.length > 0)
    .map((one): [string, string] => [one.key.slice(name.length), textOf(one)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const size = pairs.reduce((sum, [key, text]) => sum + key.length + text.length, 0)
  if (size > MAX_DOCUMENT) throw new Error(`what it has is longer than ${MAX_DOCUMENT} bytes`)
  return { text: JSON.stringify(Object.fromEntries(pairs)), format: 'pairs' }
}

/** The key beside that of a document, which has its signature. */
export function signatureKey({ name }: RemoteKey): string {
  return `${name}${SIGNATURE_ENDING}`
}

/** What stands there; null where nothing does. @throws an error in words where it is too long or no text */
export function signatureText(found: StoredKey | undefined): string | null {
  if (found !== undefined && found.value.length > MAX_SIGNATURE)
    throw new Error(`what stands at ${found.key} is longer than ${MAX_SIGNATURE} bytes`)
  return found === undefined ? null : textOf(found)
}

function textOf({ key, value }: StoredKey): string {
  if (value.length > MAX_DOCUMENT)
    throw new Error(`what stands at ${key} is longer than ${MAX_DOCUMENT} bytes`)
  const read = decodeText(value)
  if ('text' in read) return read.text
  throw new Error(`what stands at ${key} cannot be read: ${read.problem}`)
}

/** What has to be a map. @throws in words, without what it is */
export function mapIn(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('its answer is not what such a server says')
  return value as Readonly<Record<string, unknown>>
}

/** @throws in words, without what it has sent */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error('its answer is no JSON', { cause })
  }
}

/** A number of 64 bits, which JSON of servers may have as a text. @throws where it is none */
export function countIn(value: unknown, what: string): number {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw new Error(`its answer has no ${what}`)
}
