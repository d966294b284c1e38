import { createHash, sign, verify } from 'node:crypto'
import type { Accepted } from '../model/accepted.ts'
import type { SigningKey } from './signing-key.ts'

const HEAD = 'stead-signature-v1'
const BODY =
  /^stead-signature-v1\nkey ([0-9a-f]{8})\nsequence (\d{1,16})\n((?:file [0-9a-f]{64} [^\n]+\n)+)$/
const LAST_LINE = /\nsignature ([A-Za-z0-9+/=]+)\n?$/

/** A file that a signature is for: its name as seen from the first one's directory, with `/`. */
export interface SignedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface SignRequest {
  /** The file that is read first, then those that it includes. */
  readonly files: readonly SignedFile[]
  readonly key: SigningKey
  /** Higher than that of every version before: milliseconds of a clock will do. */
  readonly sequence: number
}

/**
 * The text of a detached signature: what the files are, by SHA-256, and which version of them this is,
 * signed by Ed25519. `openssl pkeyutl -verify -rawin` can check it without stead.
 */
export function signFiles({ files, key, sequence }: SignRequest): string {
  const lines = files.map(({ name, bytes }) => `file ${sha256(bytes)} ${name}\n`)
  const body = `${HEAD}\nkey ${key.id}\nsequence ${sequence}\n${lines.join('')}`
  return `${body}signature ${sign(null, Buffer.from(body), key.key).toString('base64')}\n`
}

/** The sequence that a signature claims, verified or not; null where it is none. */
export function sequenceOf(text: string): number | null {
  const [, , sequence] = BODY.exec(text.replace(LAST_LINE, '\n')) ?? []
  return sequence === undefined ? null : Number(sequence)
}

/** The files that a signature claims to be for, verified or not; none where it is no signature. */
export function namesIn(text: string): readonly string[] {
  return [...digestsIn(text).keys()]
}

/** Whether a signature claims to be for these bytes: then nothing is missing of what belongs together. */
export function isSignatureOf(text: string, bytes: Uint8Array): boolean {
  return [...digestsIn(text).values()].includes(sha256(bytes))
}

function digestsIn(text: string): ReadonlyMap<string, string> {
  const [, , , list] = BODY.exec(text.replaceAll('\r\n', '\n').replace(LAST_LINE, '\n')) ?? []
  return list === undefined ? new Map() : digestsOf(list)
}

export interface VerifyRequest {
  /** Null where there is no signature. */
  readonly text: string | null
  /** What was read, all of it. */
  readonly files: readonly SignedFile[]
  readonly keys: ReadonlyMap<string, SigningKey>
  /** What was accepted before; null for nothing. */
  readonly before: Accepted | null
}

/** @returns what to keep, or in words why the files are refused */
export function verifyFiles({
  text,
  files,
  keys,
  before,
}: VerifyRequest): Accepted | { readonly problem: string } {
  if (text === null) return { problem: 'it is not signed' }
  const unix = text.replaceAll('\r\n', '\n')
  const signature = LAST_LINE.exec(unix)?.[1]
  const body = unix.replace(LAST_LINE, '\n')
  const [, id, digits, list] = BODY.exec(body) ?? []
  if (signature === undefined || id === undefined || list === undefined)
    return { problem: 'its signature is damaged, or of a newer stead' }
  const key = keys.get(id)
  if (key === undefined)
    return { problem: `it is signed with key ${id}, which is not trusted here` }
  if (!verify(null, Buffer.from(body), key.key, Buffer.from(signature, 'base64')))
    return { problem: 'its signature is not that of its key' }
  const problem = differenceOf(list, files)
  if (problem !== null) return { problem }
  const accepted = { sequence: Number(digits), digest: sha256(Buffer.from(body)) }
  const replay = before !== null && isReplay(accepted, before)
  return replay
    ? { problem: `it is version ${accepted.sequence}, and ${before.sequence} was accepted before` }
    : accepted
}

function isReplay(now: Accepted, before: Accepted): boolean {
  if (now.sequence === before.sequence) return now.digest !== before.digest
  return now.sequence < before.sequence
}

function differenceOf(list: string, files: readonly SignedFile[]): string | null {
  const signed = digestsOf(list)
  for (const { name, bytes } of files) {
    const digest = signed.get(name)
    if (digest === undefined) return `${name} is not among the files that were signed`
    if (digest !== sha256(bytes)) return `${name} was changed after it was signed`
    signed.delete(name)
  }
  const [missing] = signed.keys()
  return missing === undefined ? null : `${missing} was signed with it and is not read`
}

/** SHA-256 by name, of lines such as `file SHA NAME`. */
function digestsOf(list: string): Map<string, string> {
  const lines = list.trimEnd().split('\n')
  return new Map(lines.map((line) => [line.slice('file '.length + 65), line.slice(5, 69)]))
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
