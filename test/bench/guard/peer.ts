import type { Workspace } from './workspace.ts'

/**
 * What becomes of the programs' output. `usual`: what costs the peer least and its users accept; a
 * supervisor that needs one more process a program for it goes without. `raw` and `stamped`: kept in
 * rotated files, as it came or with a time before each line.
 */
export type Logs = 'usual' | 'raw' | 'stamped'

/** The programs of one run: `PROGRAM FIFO INDEX WORD…`, INDEX from 0. */
export interface ProgramSet {
  /** For the peer's own files; empty at first, removed afterwards. */
  readonly directory: string
  readonly count: number
  /** Whether they start with the supervisor. */
  readonly autostart: boolean
  /** File, FIFO: as the programs see them. */
  readonly program: string
  readonly fifo: string
  readonly words: readonly string[]
  readonly logs: Logs
  /** Bytes after which a log is rotated. All rotated files are kept. */
  readonly rotate: number
  /** Each of them will crash over and over: limits and growing delays are to be off. */
  readonly manyRestarts: boolean
}

export type Command = readonly [string, ...string[]]

/** One supervisor of the benchmark, over one set of programs. Started and ended by the benchmark. */
export interface Supervisor {
  /** False where it cannot be started and ended by the benchmark: these are not measured then. */
  readonly boots?: boolean
  /** Rejected when it ends, with what it said. */
  readonly died?: Promise<never>
  /** Starts it; need not wait for anything. */
  boot(): Promise<void>
  /** Resolves when it takes requests; called when the programs that start with it are there. */
  ready(): Promise<void>
  /** Its own processes, without the programs. */
  own(): number[]
  /** Asks for the start of one or of all; resolves when the request is sent or answered. */
  start(index?: number): Promise<void>
  /** Asks for the stop of all. */
  stop(): Promise<void>
  /** The same as whole commands, as its users type them. */
  readonly commands: { readonly start: Command; readonly stop: Command } | null
  /** Asks for status over one connection that is kept; null where there is none. */
  readonly status: {
    one(index: number): Promise<void>
    all(): Promise<void>
  } | null
  /** Files of the output of one program, rotated ones too. */
  logFiles(index: number): string[]
  /** Ends it and its programs in order; resolves when it is gone. */
  shutdown(): Promise<void>
  /** The pid on this machine of a program that knows itself by `pid`. */
  hostPid?(pid: number): number
}

export interface Peer {
  readonly name: string
  /** Debian packages that it needs. */
  readonly packages: readonly string[]
  /**
   * It wakes up for all programs at once now and then, so that a crash would hasten the restart of
   * another one: crashes come one after the other.
   */
  readonly oneByOne: boolean
  /** Its orderly end takes so long that it is ended at once where the end is not measured. */
  readonly endsSlowly?: boolean
  /** Milliseconds after a start until it has tidied up, where that is longer than a second or two. */
  readonly settles?: number
  /** How it can keep output. */
  readonly formats: readonly Logs[]
  /** What the reader of a table has to know. */
  readonly note?: string
  /** Makes it available: its version, or throws with the reason why it is left out. */
  find(work: Workspace): Promise<string>
  /** Where its sets are made, and how what is there is called for the programs. */
  place?(): { readonly directory: string; inside(path: string): string }
  /** Writes the configuration for `set`; starts nothing. */
  supervise(set: ProgramSet, work: Workspace): Promise<Supervisor> | Supervisor
  /** Undoes `find`. */
  close?(): Promise<void>
}

export function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
