export interface TailOptions {
  /** At most this many of the newest kept lines that are there already; null for all of them. */
  readonly last: number | null
  /** Called for each line in order; lines that it refuses are neither counted nor told. */
  readonly keep?: (line: string) => boolean
  /** Only lines from this time on, by the time that stamped and JSON lines say; null for all. */
  readonly since?: Date | null
  /** Go on with lines as they are written, over rotations too, until `signal` is aborted. */
  readonly follow: boolean
  /** Called before the next line where lines in between may have been rotated away unread. */
  readonly missed?: () => void
  readonly signal?: AbortSignal
}

/** Reads log files that somebody else writes, rotates and removes. */
export interface LogFiles {
  /**
   * Whole lines of the file, oldest first, those of its rotations (`PATH.1`, `PATH.2.gz`, …) before. A
   * file that is not there has no lines; when following it is waited for.
   */
  tail(path: string, options: TailOptions): AsyncIterable<string>
}
