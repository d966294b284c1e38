import type { LogTarget } from './log-target.ts'

const NEWLINE = 0x0a
/** A line that is longer than the whole file may be is cut when it is over by so much. */
const MOST_OVER = 1024 * 1024
const EAGAIN = 'EAGAIN'

/** What is common to all streams that go to one file: whose line is open, and what is missing. */
export interface LogWriter {
  readonly target: LogTarget
  /** Who wrote the beginning of the line in which the file ends; null where it ends with a line. */
  openLine: unknown
  /** Dropped since the last line that was stored. */
  readonly gap: { bytes: number; lines: number | null }
  gaps: number
  rotations: number
  trouble: string | null
  /** For a target that is not seekable and takes nothing now: what it has to take first. */
  pending: Buffer | null
  /**
   * Writes whole lines, or a beginning of one, with rotation between lines.
   *
   * @returns bytes that are stored (or pending); less than `length` where it failed
   */
  store(bytes: Buffer, length: number, now: number): number
  /** What has to be stored before the next line of `owner`; `done` is called when it is. */
  opening(
    owner: unknown,
    gapLine: (bytes: number, lines: number | null) => Buffer,
  ): { readonly bytes: Buffer | null; done(): void }
  /** Ends a line that somebody else has open; writes the line about a gap first. */
  begin(
    owner: unknown,
    now: number,
    gapLine: (bytes: number, lines: number | null) => Buffer,
  ): boolean
  /** How much of `bytes[at, length)` may go to the present file; 0 to begin a new one first. */
  nextPart(bytes: Buffer, at: number, length: number): number
  /** Gives pending bytes another try; true when none is left. */
  resume(): boolean
  drop(bytes: number, lines: number | null): void
  close(): void
}

export function logWriter(target: LogTarget): LogWriter {
  const writer: LogWriter = {
    target,
    openLine: null,
    gap: { bytes: 0, lines: 0 },
    gaps: 0,
    rotations: 0,
    trouble: null,
    pending: null,

    store(bytes, length, now) {
      let at = 0
      try {
        while (at < length) {
          const part = nextPart(bytes, at, length)
          if (part === 0) {
            target.rotate(now)
            continue
          }
          const written = write(bytes.subarray(at, at + part))
          at += written
          if (written < part) writer.pending = Buffer.from(bytes.subarray(at, length))
          if (written < part) return length
          if (at < length && target.room() <= 0) target.rotate(now)
        }
      } catch (error) {
        writer.trouble = troubleOf(error)
      }
      return at
    },

    opening(owner, gapLine) {
      const opening: Buffer[] = []
      const missing = { ...writer.gap }
      const foreign = writer.openLine !== null && writer.openLine !== owner
      if (foreign || (missing.bytes > 0 && writer.openLine !== null))
        opening.push(Buffer.from('\n'))
      if (missing.bytes > 0) opening.push(gapLine(missing.bytes, missing.lines))
      return {
        bytes: opening.length === 0 ? null : Buffer.concat(opening),
        done() {
          writer.openLine = null
          if (missing.bytes === 0) return
          writer.gaps += 1
          // More may have been dropped meanwhile.
          writer.gap.bytes -= missing.bytes
          writer.gap.lines = (writer.gap.lines ?? 0) - (missing.lines ?? 0)
        },
      }
    },

    begin(owner, now, gapLine) {
      const { bytes, done } = writer.opening(owner, gapLine)
      if (bytes === null) return true
      if (writer.store(bytes, bytes.length, now) < bytes.length) return false
      done()
      return true
    },

    resume() {
      if (writer.pending === null) return true
      const bytes = writer.pending
      const written = write(bytes)
      writer.pending = written === bytes.length ? null : bytes.subarray(written)
      return writer.pending === null
    },

    drop(bytes, lines) {
      writer.gap.bytes += bytes
      writer.gap.lines =
        lines === null || writer.gap.lines === null ? null : writer.gap.lines + lines
    },

    nextPart,
    close: () => target.close(),
  }

  function write(bytes: Buffer): number {
    try {
      return target.write(bytes, bytes.length)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === EAGAIN) return 0
      throw error
    }
  }

  function nextPart(bytes: Buffer, at: number, length: number): number {
    const room = target.room()
    const rest = length - at
    if (rest <= room) return rest
    const last = room > 0 ? bytes.lastIndexOf(NEWLINE, at + room - 1) : -1
    if (last >= at) return last - at + 1
    const inside = writer.openLine !== null && at === 0
    if (target.offset() > 0 && (!inside || room < -MOST_OVER)) return 0
    const first = bytes.indexOf(NEWLINE, at)
    const end = first === -1 || first >= length ? rest : first - at + 1
    return room < 0 ? end : Math.min(end, room + MOST_OVER)
  }

  return writer
}

export function troubleOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message ?? String(code)
}
