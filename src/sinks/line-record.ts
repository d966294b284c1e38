import type { Severity } from '../model/log-entry.ts'

/** Whose lines they are. One object for each instance: lines are told apart by it. */
export interface RecordSource {
  readonly service: string
  readonly instance: number
}

/** One line of a program on its way to sinks. */
export interface LineRecord {
  readonly source: RecordSource
  /** Format `raw` has one pipe for both streams: `output`. */
  readonly stream: 'stdout' | 'stderr' | 'output'
  readonly incarnation: number
  /** Of the process that the guard started; null where it is not known. */
  readonly pid: number | null
  /** As in the JSON log: counted from 1 in each incarnation. Null for a gap. */
  readonly sequence: number | null
  /** Milliseconds since 1970 at which the guard read it. */
  readonly at: number
  readonly severity: Severity
  /** Without line break; any bytes, a NUL or what is not UTF-8 among them. */
  readonly text: Buffer
  /** The line goes on in the next record of its stream. */
  readonly partial: boolean
  /** It goes on with the line of the record before: it counts as no line of its own. */
  readonly continues: boolean
  readonly traceId: string | null
  /** For the record that stands for lines that were given up. */
  readonly lost: Lost | null
}

export interface Lost {
  readonly lines: number
  readonly bytes: number
  /** When the first of them was given up: milliseconds since 1970. */
  readonly since: number
}

/** What a record weighs in memory beside its text. */
const OVERHEAD = 64

export function weightOf({ text }: LineRecord): number {
  return text.length + OVERHEAD
}

/** Lines that a record counts as: one for each line, however many pieces it came in. */
export function linesOf({ continues, lost }: LineRecord): number {
  return continues || lost !== null ? 0 : 1
}

/** The record that tells a sink what it has missed. */
export function lostRecord(source: RecordSource, lost: Lost, now: number): LineRecord {
  const lines = lost.lines === 1 ? '1 line' : `${lost.lines} lines`
  const text = `(… ${lines} lost since ${new Date(lost.since).toISOString()} …)`
  return {
    source,
    stream: 'output',
    incarnation: 0,
    pid: null,
    sequence: null,
    at: now,
    severity: 4,
    text: Buffer.from(text),
    partial: false,
    continues: false,
    traceId: null,
    lost,
  }
}
