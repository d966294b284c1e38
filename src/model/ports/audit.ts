import type { Caller } from './guard-api.ts'

/** What somebody asked of a guard that changes something, or what came of it. Never holds a secret. */
export interface AuditEntry {
  readonly caller: Caller
  /** `restart`, `apply`, `scale`, `signal`, `down`, … */
  readonly action: string
  /** Names of services as they were asked for, patterns too; empty for everything. */
  readonly targets: readonly string[]
  /** More of it, in words a reader knows: `{signal: 'SIGHUP'}`. Names and numbers, no values of settings. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** `asked` comes before anything happens; another entry says what came of it. */
  readonly result: 'asked' | 'done' | 'failed' | 'refused'
  /** The number of the entry in which it was asked. */
  readonly of?: number
  /** Codes of errors. */
  readonly errors?: readonly string[]
}

/** Where entries are kept. What cannot be written is counted and told of later: no change waits for it. */
export interface Audit {
  /** @returns the number of the entry */
  append(entry: AuditEntry): number
}
