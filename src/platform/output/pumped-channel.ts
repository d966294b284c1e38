import type { OutputCounts, OutputSource } from '../../model/ports/program-output.ts'
import type { LogPolicy } from '../../model/program-spec.ts'
import type { Charset } from '../../output/charset.ts'
import {
  type Encoded,
  type EncodedSource,
  type LineEncoder,
  lineEncoder,
  type StreamName,
} from '../../output/line-encoder.ts'
import { type LineWatch, lineWatch } from '../../output/line-watch.ts'
import { type SinkRoad, type SinkTap, sinkTap } from '../sinks/sink-tap.ts'
import { charsetFor } from './code-pages.ts'
import { type LogWriter, troubleOf } from './log-writer.ts'

/** The reading end of one FIFO. */
export interface PumpedStream {
  readonly fd: number
  readonly name: StreamName
  encoder: LineEncoder
  /** What the program writes in; null for UTF-8. */
  charset: Charset | null
  /** Bytes taken from the FIFO so far. */
  consumed: number
  /** What the FIFO holds before a writer has to wait, and how often it was found so full. */
  capacity: number
  filled: number
  /** When the beginning of a line that is left is stored as it is, if no more was taken by then. */
  partial: { readonly until: number; readonly consumed: number } | null
}

/** One instance's output on its way, as the one who moves it sees it. */
export interface PumpedChannel {
  readonly id: number
  readonly source: EncodedSource
  policy: LogPolicy
  streams: PumpedStream[]
  writer: LogWriter
  readonly counts: { stored: number; dropped: number; lines: number }
  readonly watch: LineWatch
  /** To its sinks; null where it has none. */
  tap: SinkTap | null
  shared: SharedArrayBuffer | null
  /** Its FIFOs held nothing of an earlier life when they were opened. */
  isNew: boolean
  /** Opens the log where needed; false, with the trouble noted, where it cannot be. */
  prepare(now: number): boolean
}

const NEWLINE = 0x0a
const PIPE_CAPACITY = 64 * 1024

export function pumpedChannel(
  id: number,
  whose: OutputSource,
  incarnation: number,
  policy: LogPolicy,
  writer: LogWriter,
  matched: (watch: number, line: string) => void,
): PumpedChannel {
  let begun: LogWriter | null = null
  const channel: PumpedChannel = {
    id,
    source: { service: whose.service, instance: whose.instance, incarnation, sequence: 0 },
    policy,
    streams: [],
    writer,
    counts: { stored: 0, dropped: 0, lines: 0 },
    watch: lineWatch(matched),
    tap: null,
    shared: null,
    isNew: true,
    prepare(now) {
      try {
        channel.writer.target.prepare(now)
        if (begun !== channel.writer) {
          begun = channel.writer
          // Somebody was killed while writing: its line is not gone on with. Raw bytes go on anyhow.
          const foreign = channel.policy.format !== 'raw' && channel.writer.openLine === null
          if (foreign && channel.writer.target.endsOpen()) channel.writer.openLine = 'before'
        }
        return true
      } catch (error) {
        channel.writer.trouble = troubleOf(error)
        return false
      }
    },
  }
  return channel
}

export function pumpedStream(channel: PumpedChannel, name: StreamName, fd: number): PumpedStream {
  const charset = charsetFor(channel.policy.encoding)
  return {
    fd,
    name,
    encoder: lineEncoder(channel.policy, channel.source, name, charset),
    charset,
    consumed: 0,
    capacity: PIPE_CAPACITY,
    filled: 0,
    partial: null,
  }
}

/** Goes on as its channel's policy says now. */
export function encodeBy(stream: PumpedStream, { policy, source }: PumpedChannel): void {
  stream.charset = charsetFor(policy.encoding)
  stream.encoder = lineEncoder(policy, source, stream.name, stream.charset)
}

/** Counts what became of `done.read` bytes of `input` when `stored` bytes of their lines were stored. */
export function recordStored(
  { writer, counts }: PumpedChannel,
  owner: unknown,
  input: Buffer,
  at: number,
  { read, written, lines, open }: Encoded,
  output: Buffer,
  stored: number,
): void {
  if (stored === written) {
    writer.openLine = open ? owner : null
    writer.trouble = null
    counts.stored += read
    counts.lines += lines
    return
  }
  // What was stored are whole lines: so many of the input, and the others are dropped.
  const kept = newlines(output, 0, stored, Number.POSITIVE_INFINITY)
  const bytes = kept.count === 0 ? 0 : newlines(input, at, at + read, kept.count).end - at
  counts.stored += bytes
  counts.lines += kept.count
  counts.dropped += read - bytes
  writer.drop(read - bytes, Math.max(lines - kept.count, 0))
}

/** Has it tell its sinks, once there is a road to them and memory that is shared with them. */
export function joinSinks(
  channel: PumpedChannel,
  road: SinkRoad | null,
  shared: SharedArrayBuffer | null,
): void {
  channel.shared = shared
  channel.tap = road === null || shared === null ? null : sinkTap(road, channel.id, shared)
}

/** Lines that were told before those which its encoder is about to take; -1 where it does not count. */
export function sequenceOf({ policy, source }: PumpedChannel): number {
  return policy.format === 'json' ? source.sequence : -1
}

/** Gives the sinks, where there are any, `bytes[from, to)`, which the log has. */
export function tellSinks(
  { tap, policy, source: { incarnation } }: PumpedChannel,
  name: StreamName,
  sequence: number,
  at: number,
  bytes: Buffer,
  from: number,
  to: number,
): void {
  if (tap === null) return
  const stream = policy.format === 'raw' ? 'output' : name
  tap.offer({ stream, incarnation, sequence, at }, bytes, from, to)
}

/** Where the `most`th line break ends, and how many there are up to it. */
function newlines(
  bytes: Buffer,
  from: number,
  to: number,
  most: number,
): { readonly count: number; readonly end: number } {
  let count = 0
  let end = from
  while (count < most) {
    const found = bytes.indexOf(NEWLINE, end)
    if (found === -1 || found >= to) break
    end = found + 1
    count += 1
  }
  return { count, end }
}

export function countsWith({ counts, writer }: PumpedChannel, pending: number): OutputCounts {
  const { gaps, rotations, trouble } = writer
  const emitted = counts.stored + counts.dropped + pending
  return { emitted, ...counts, pending, gaps, rotations, trouble }
}
