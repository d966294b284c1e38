import { type ByteArea, byteArea } from '../../output/byte-area.ts'
import type { Flush } from '../../output/line-encoder.ts'
import { EAGAIN } from './pipes.ts'
import {
  type PumpedChannel,
  type PumpedStream,
  recordStored,
  sequenceOf,
  tellSinks,
} from './pumped-channel.ts'
import type { ThreadPipes } from './thread-pipes.ts'

/** Most that is taken from a FIFO at once. */
export const CHUNK = 256 * 1024
/** A stream that filled its FIFO so often gets a larger one. */
const FULL_TIMES = 4
const NEWLINE = 0x0a
/** Over its limit by so much, a file is ended in the middle of a line. */
const MOST_OVER = 1024 * 1024

/**
 * `more`: there may be more to take. `empty`: nothing is left. `partial`: the beginning of a line is
 * left. `blocked`: the target takes nothing now.
 */
export type Pumped = 'more' | 'empty' | 'partial' | 'blocked'

export interface StreamPump {
  /** Takes at most one chunk from the FIFO to the log. */
  pump(channel: PumpedChannel, stream: PumpedStream, now: number, flush: Flush): Pumped
}

/**
 * Moves output from FIFOs to logs so that it is never nowhere: what is not in the file stays in the
 * FIFO, which outlives this process. splice(2) moves bytes in one step. Where they have to be looked
 * at, they are copied without being consumed, and consumed when the file has them.
 */
export function streamPump(pipes: ThreadPipes): StreamPump {
  let input: ByteArea | null = null
  let output: ByteArea | null = null

  /** Copies what the FIFO has, at most a chunk, without consuming it. */
  function peek(stream: PumpedStream, most: number): number {
    input ??= byteArea(CHUNK)
    const copied = pipes.peek(stream.fd, input.bytes, most)
    if (copied > 0) notice(stream, copied)
    return copied
  }

  function notice(stream: PumpedStream, taken: number): void {
    if (stream.capacity >= CHUNK || taken < stream.capacity) return
    stream.filled += 1
    if (stream.filled < FULL_TIMES) return
    const capacity = pipes.setCapacity(stream.fd, CHUNK)
    // Where the user's share of pipe memory is used up (pipe(7)), it stays as it is.
    stream.capacity = capacity > 0 ? Math.max(capacity, CHUNK) : Number.POSITIVE_INFINITY
  }

  function consume(stream: PumpedStream, bytes: number): void {
    pipes.consume(stream.fd, bytes)
    stream.consumed += bytes
  }

  function pumpLines(
    channel: PumpedChannel,
    stream: PumpedStream,
    now: number,
    flush: Flush,
  ): Pumped {
    const { writer } = channel
    const available = peek(stream, CHUNK)
    if (available <= 0 || input === null) return 'empty'
    output ??= byteArea(CHUNK * 4)
    const owner = channel.policy.format === 'raw' ? channel : stream
    let pressure = flush
    let at = 0
    while (at < available) {
      const encoder = stream.encoder
      const open = writer.openLine === owner
      const sequence = sequenceOf(channel)
      const done = encoder.encode(input, at, available, output, 0, now, pressure, open)
      if (done.read === 0) {
        // A line that fills the FIFO can only go on when a piece of it is taken.
        const full = at === 0 && (available === CHUNK || pipes.isFull(stream.fd))
        if (pressure !== 'no' || !full) break
        pressure = 'piece'
        continue
      }
      const { read } = done
      const ready =
        channel.prepare(now) && writer.begin(owner, now, (b, l) => encoder.gap(now, b, l))
      const stored = ready ? writer.store(output.bytes, done.written, now) : 0
      recordStored(channel, owner, input.bytes, at, done, output.bytes, stored)
      const said = done.text ?? input.bytes.subarray(at, at + read)
      if (channel.watch.size > 0) channel.watch.look(said, 0, said.length)
      tellSinks(channel, stream.name, sequence, now, said, 0, said.length)
      consume(stream, read)
      at += read
      if (writer.pending !== null) return 'blocked'
    }
    if (at < available) return at > 0 && available === CHUNK ? 'more' : 'partial'
    return available === CHUNK ? 'more' : 'empty'
  }

  function pumpRaw(
    channel: PumpedChannel,
    stream: PumpedStream,
    now: number,
    splice: NonNullable<ThreadPipes['splice']>,
  ): Pumped {
    const { writer, counts } = channel
    const { target } = writer
    if (!channel.prepare(now) || !target.seekable()) return pumpLines(channel, stream, now, 'piece')
    if (writer.gap.bytes > 0) {
      writer.openLine = target.endsOpen() ? channel : null
      if (!writer.begin(channel, now, (bytes, lines) => stream.encoder.gap(now, bytes, lines))) {
        return pumpLines(channel, stream, now, 'piece')
      }
    }
    let most = CHUNK
    let last = false
    const room = target.room()
    if (room < CHUNK && pipes.waiting(stream.fd) <= room) {
      // More may have come since it was asked: what was seen to fit is what is moved.
      most = room
      if (most <= 0) return 'empty'
    } else if (room < CHUNK) {
      const available = peek(stream, CHUNK)
      if (available <= 0 || input === null) return 'empty'
      const end = room > 0 ? input.bytes.lastIndexOf(NEWLINE, Math.min(room, available) - 1) : -1
      if (end !== -1) most = end + 1
      else if (target.offset() > 0 && (!target.endsOpen() || room < -MOST_OVER)) {
        target.rotate(now)
        return 'more'
      } else {
        const first = input.bytes.indexOf(NEWLINE)
        most = first === -1 || first >= available ? available : first + 1
      }
      last = end !== -1 || most < available
    }
    const moved = splice(stream.fd, target.fd(), target.offset(), most)
    if (moved === -EAGAIN) return 'empty'
    // Full, or a file system that cannot do it: the other way tells which.
    if (moved <= 0) return pumpLines(channel, stream, now, 'piece')
    target.advance(moved)
    notice(stream, moved)
    stream.consumed += moved
    counts.stored += moved
    writer.trouble = null
    writer.openLine = null
    if (last && moved === most && target.room() < CHUNK) target.rotate(now)
    return 'more'
  }

  return {
    pump(channel, stream, now, flush) {
      if (channel.writer.pending !== null && !channel.writer.resume()) return 'blocked'
      const looked = channel.watch.size > 0 || channel.tap !== null
      const { splice } = pipes
      const asIs = channel.policy.format === 'raw' && stream.charset === null
      if (!asIs || looked) return pumpLines(channel, stream, now, flush)
      // Raw bytes that nobody looks at wait for no line to be whole.
      return splice === null
        ? pumpLines(channel, stream, now, 'piece')
        : pumpRaw(channel, stream, now, splice)
    },
  }
}
