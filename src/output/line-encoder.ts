import type { LogPolicy } from '../model/program-spec.ts'
import type { ByteArea } from './byte-area.ts'
import type { Charset } from './charset.ts'
import { decodingEncoder } from './decoding-encoder.ts'
import { jsonEncoder } from './json-encoder.ts'
import { rawEncoder } from './raw-encoder.ts'
import { stampedEncoder } from './stamped-encoder.ts'

/**
 * What becomes of bytes behind the last line break. `no`: they stay unread. `piece`: they are written,
 * but for a UTF-8 code point that is not whole yet. `end`: everything is written, nothing more comes.
 */
export type Flush = 'no' | 'piece' | 'end'

/** What one call did; the same object each time, so that the hot loop makes no garbage. */
export interface Encoded {
  /** Bytes of the input that are in the output now. */
  read: number
  written: number
  /** Lines that were ended. */
  lines: number
  /** The output ends in the middle of a line that the same stream may go on with. */
  open: boolean
  /** What was read, as UTF-8, where the input is not; left out or null where it is. */
  text?: Buffer | null
}

/** Makes lines of a log out of the bytes of one stream of a program. Holds no bytes back itself. */
export interface LineEncoder {
  /**
   * Encodes `input[from, to)` into `out` from `at` on. Stops early where `out` is full; an `out` of
   * {@link outputFor} of the input's size always lets it go on.
   *
   * @param now milliseconds since 1970
   * @param open the log ends in the middle of a line of this very stream
   */
  encode(
    input: ByteArea,
    from: number,
    to: number,
    out: ByteArea,
    at: number,
    now: number,
    flush: Flush,
    open: boolean,
  ): Encoded
  /** The line that stands for what was dropped, with its line break. */
  gap(now: number, bytes: number, lines: number | null): Buffer
}

/** Whose lines they are; shared by the streams of an instance, and changed in place. */
export interface EncodedSource {
  readonly service: string
  readonly instance: number
  incarnation: number
  /** Lines told so far in this incarnation. */
  sequence: number
}

export type StreamName = 'stdout' | 'stderr'

/** How large an output has to be for an input of `size` bytes. */
export function outputFor(size: number): number {
  return size * 6 + 4096
}

export function lineEncoder(
  policy: Pick<LogPolicy, 'format' | 'severity'>,
  source: EncodedSource,
  stream: StreamName,
  charset: Charset | null = null,
): LineEncoder {
  if (charset !== null) return decodingEncoder(lineEncoder(policy, source, stream), charset)
  if (policy.format === 'json') return jsonEncoder(source, stream, policy.severity[stream])
  if (policy.format === 'stamped') return stampedEncoder(policy.severity[stream])
  return rawEncoder()
}

/** What people read where lines are missing. */
export function gapText(bytes: number, lines: number | null): string {
  return `(… ${bytes} bytes${lines === null ? '' : ` in ${lines} lines`} dropped …)`
}
