import type { LogEncoding } from './log-encoding.ts'
import type { Severity } from './log-entry.ts'
import type { LogSink } from './log-sink.ts'

/**
 * `raw`: the bytes as they came, both streams in one order. `stamped`: `TIME <severity> text`.
 * `json`: one object a line. `direct`: the program writes the file itself. `off`: /dev/null.
 */
export type LogFormat = 'raw' | 'stamped' | 'json' | 'direct' | 'off'

export interface LogPolicy {
  readonly format: LogFormat
  /** What the program writes in; its log, and what sinks and readiness checks see, is UTF-8. */
  readonly encoding: LogEncoding
  /** Absolute; null for the guard's own directory. */
  readonly file: string | null
  readonly rotate: LogRotation
  /**
   * What happens when a program writes faster than can be stored: `block` makes it wait, `drop`
   * discards the oldest and counts it.
   */
  readonly whenFull: 'block' | 'drop'
  /** Bytes that wait in memory under `drop`. */
  readonly buffer: number
  /** Severity of lines that say none themselves (`<3>text` does). */
  readonly severity: { readonly stdout: Severity; readonly stderr: Severity }
  /** Where its lines go as well; with format `off`, instead. */
  readonly sinks: readonly LogSink[]
}

/** Whether a program's output passes through the guard at all. */
export function isMovedByGuard({ format, sinks }: LogPolicy): boolean {
  return format !== 'direct' && (format !== 'off' || sinks.length > 0)
}

export interface LogRotation {
  /** Bytes; null for never by size. */
  readonly size: number | null
  /** Milliseconds between rotations, aligned to local midnight; null for never by time. */
  readonly every: number | null
  /** Rotated files kept. */
  readonly keep: number
  /** Rotated files older than this are removed; null for none. */
  readonly maxAge: number | null
  readonly compress: 'gzip' | 'none'
}
