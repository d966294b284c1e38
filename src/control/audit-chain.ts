import { createHash } from 'node:crypto'
import type { AuditEntry } from '../model/ports/audit.ts'

/** An entry as it stands in the log: one line of JSON. */
export interface AuditLine extends Omit<AuditEntry, 'caller'> {
  /** 1 for the first; the next has the next. */
  readonly number: number
  readonly at: string
  readonly uid: number | null
  readonly user: string | null
  /** On Windows, where users have no numbers. */
  readonly sid?: string
  readonly pid: number | null
  readonly command: string | null
  /** Over TCP: `token NAME`, `certificate NAME`. */
  readonly identity?: string
  readonly address?: string
  /** The hash of the entry before; of the first {@link NOTHING}. */
  readonly previous: string
  /** SHA-256 in hexadecimal of everything that stands before it in the line. */
  readonly hash: string
}

/** The last entry, and the first that is kept: what nothing in the log itself can say. */
export interface AuditHead {
  readonly number: number
  readonly hash: string
  readonly first: number
}

/** What stands before the first entry. */
export const NOTHING = '0'.repeat(64)

const HASH = /^(\{"number":[1-9]\d{0,15},.*"previous":"[0-9a-f]{64}"),"hash":"([0-9a-f]{64})"\}$/s

/** The line of an entry, without its end. */
export function auditLine(facts: Omit<AuditLine, 'hash'>): { text: string; hash: string } {
  const { number, previous, ...rest } = facts
  const whole = JSON.stringify({ number, ...rest, previous })
  const told = whole.slice(0, -1)
  const hash = hashOf(told)
  return { text: `${told},"hash":"${hash}"}`, hash }
}

/** The entry that a line holds; null where it is none, or has not the hash that it should. */
export function entryIn(line: string): AuditLine | null {
  const [, told, hash] = HASH.exec(line) ?? []
  if (told === undefined || hashOf(told) !== hash) return null
  try {
    return JSON.parse(line) as AuditLine
  } catch {
    return null
  }
}

export function headText({ number, hash, first }: AuditHead): string {
  return `${number} ${first} ${hash}`
}

/** Null for what is no head: none was kept. */
export function headIn(text: string): AuditHead | null {
  const [, number, first, hash] = /^(\d+) (\d+) ([0-9a-f]{64})$/.exec(text.trim()) ?? []
  return hash === undefined ? null : { number: Number(number), first: Number(first), hash }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
