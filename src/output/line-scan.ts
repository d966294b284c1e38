import type { Flush } from './line-encoder.ts'
import { unfinishedBytes } from './utf8-tail.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const LESS = 0x3c
const GREATER = 0x3e
const ZERO = 0x30
/** A longer line is told in pieces, so that a reader can hold one. */
const LONGEST_TEXT = 64 * 1024

/** A line, or a piece of one, within bytes; the same object for each, so that a loop makes no garbage. */
export interface ScannedLine {
  /** Its text is `bytes[begin, end)`: without `<N>`, the line break, and a carriage return before it. */
  begin: number
  end: number
  /** Where the next one begins. */
  next: number
  /** What `<N>` says (sd-daemon(3)); -1 where it says nothing. */
  severity: number
  /** It goes on in the next one. */
  partial: boolean
}

export function scannedLine(): ScannedLine {
  return { begin: 0, end: 0, next: 0, severity: -1, partial: false }
}

/** Finds the line at `from`; false where more bytes are needed to tell it. */
export function scanLine(
  bytes: Buffer,
  from: number,
  to: number,
  flush: Flush,
  found: ScannedLine,
): boolean {
  found.severity = -1
  found.partial = false
  let begin = from
  if (bytes[from] === LESS && bytes[from + 2] === GREATER && from + 2 < to) {
    const digit = (bytes[from + 1] as number) - ZERO
    if (digit >= 0 && digit < 8) {
      found.severity = digit
      begin += 3
    }
  }
  let end = bytes.indexOf(NEWLINE, begin)
  let next = end + 1
  if (end === -1 || end >= to || end - begin > LONGEST_TEXT) {
    const whole = to - begin > LONGEST_TEXT
    found.partial = true
    end = whole ? begin + LONGEST_TEXT : to
    if (!whole && flush === 'no') return false
    if (whole || flush === 'piece') end -= unfinishedBytes(bytes, begin, end)
    if (end === begin) return false
    next = end
  } else if (end > begin && bytes[end - 1] === RETURN) end -= 1
  found.begin = begin
  found.end = end
  found.next = next
  return true
}
