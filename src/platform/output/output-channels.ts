import type { OutputCounts } from '../../model/ports/program-output.ts'
import type { Flush } from '../../output/line-encoder.ts'
import type { SinkRoad } from '../sinks/sink-tap.ts'
import { logWriters } from './log-writers.ts'
import { placePacked } from './packed-logs.ts'
import {
  countsWith,
  encodeBy,
  joinSinks,
  type PumpedChannel,
  type PumpedStream,
  pumpedChannel,
  pumpedStream,
} from './pumped-channel.ts'
import { type Pumped, streamPump } from './stream-pump.ts'
import type { ThreadPipes } from './thread-pipes.ts'
import type { ChannelSetup, FromOutputWorker, ToOutputWorker } from './worker-messages.ts'

/** The beginning of a line is stored when it was not ended for so long. */
const PARTIAL_WAIT = 100
/** Chunks that one stream is given before the others have their turn. */
const CHUNKS_IN_TURN = 8

export interface OutputChannels {
  obey(message: ToOutputWorker): void
  /** Something came on a FIFO, or a target takes bytes again. */
  happened(fd: number): void
  /** Moves what is there; milliseconds until it has to be called again, -1 for when something happens. */
  turn(): number
  close(): void
}

interface Room {
  readonly pipes: ThreadPipes
  /** What is waited for. */
  readonly watching: number
  readonly now: () => number
  readonly post: (message: FromOutputWorker) => void
}

/** Logs that are due by the time of day are looked after at most so often, and at least so often. */
const TEND_AFTER = { least: 1_000, most: 6 * 3_600_000 }

type Of = readonly [PumpedChannel, PumpedStream]

/** All channels of the thread: which has something to be moved, and what the guard asks of them. */
export function outputChannels({ pipes, watching, now, post }: Room): OutputChannels {
  const channels = new Map<number, PumpedChannel>()
  const writers = logWriters((path) => post({ kind: 'rotated', path }))
  const streams = new Map<number, Of>()
  const ready = new Set<Of>()
  const partial = new Set<Of>()
  const blocked = new Map<number, Set<Of>>()
  const pump = streamPump(pipes)
  let road: SinkRoad | null = null
  /** When a log has to be rotated or removed though nobody writes; infinity for never. */
  let tendAt = Number.POSITIVE_INFINITY

  function addStreams(channel: PumpedChannel, setup: ChannelSetup): void {
    for (const { name, fd, isNew } of setup.streams) {
      if (streams.has(fd)) continue
      const of: Of = [channel, pumpedStream(channel, name, fd)]
      channel.streams.push(of[1])
      channel.isNew &&= isNew
      streams.set(fd, of)
      pipes.watchReadable(watching, fd)
      ready.add(of)
    }
  }

  /** Takes everything that is in the FIFOs now; what comes meanwhile is for later. */
  function drain(channel: PumpedChannel, flush: Flush): void {
    for (const stream of channel.streams) {
      const until = stream.consumed + pipes.waiting(stream.fd)
      let level: Flush = flush === 'no' ? 'no' : 'piece'
      while (stream.consumed < until) {
        const before = stream.consumed
        const pumped = pump.pump(channel, stream, now(), level)
        if (pumped === 'blocked') return
        if (stream.consumed > before || pumped === 'more') continue
        // Half a code point: only the very end of a program's output stores it.
        if (level === flush) break
        level = flush
      }
    }
    const { writer } = channel
    const open = channel.streams.some((stream) => writer.openLine === stream)
    if (flush === 'end' && open && writer.store(Buffer.from('\n'), 1, now()) === 1) {
      writer.openLine = null
    }
  }

  function countsOf(channel: PumpedChannel): OutputCounts {
    return countsWith(
      channel,
      channel.streams.reduce((sum, { fd }) => sum + pipes.waiting(fd), 0),
    )
  }

  function step(of: Of): void {
    const [channel, stream] = of
    ready.delete(of)
    const at = now()
    let flush: Flush = isOverdue(stream, at) ? 'piece' : 'no'
    for (let chunk = 0; chunk < CHUNKS_IN_TURN; chunk += 1) {
      const pumped: Pumped = pump.pump(channel, stream, at, flush)
      flush = 'no'
      if (pumped === 'more') continue
      settle(of, pumped, at)
      return
    }
    settle(of, 'empty', at)
    ready.add(of)
  }

  /** The beginning of a line that is left has been the same for long enough. */
  function isOverdue({ partial: rest, consumed }: PumpedStream, at: number): boolean {
    return rest !== null && rest.until <= at && rest.consumed === consumed
  }

  function settle(of: Of, pumped: Pumped, at: number): void {
    const [channel, stream] = of
    if (pumped === 'partial') {
      // Half a code point may be left behind for ever: nothing is to be done until more comes.
      if (isOverdue(stream, at)) partial.delete(of)
      else {
        const { consumed } = stream
        if (stream.partial?.consumed !== consumed) {
          stream.partial = { until: at + PARTIAL_WAIT, consumed }
        }
        partial.add(of)
      }
      return
    }
    partial.delete(of)
    stream.partial = null
    if (pumped !== 'blocked') return
    const fd = channel.writer.target.fd()
    const waiting = blocked.get(fd) ?? new Set()
    blocked.set(fd, waiting.add(of))
    pipes.watchWritable(watching, fd)
  }

  function closeChannel(channel: PumpedChannel): void {
    drain(channel, 'end')
    for (const stream of channel.streams) {
      const of = streams.get(stream.fd)
      pipes.unwatch(watching, stream.fd)
      streams.delete(stream.fd)
      if (of === undefined) continue
      ready.delete(of)
      partial.delete(of)
      for (const waiting of blocked.values()) waiting.delete(of)
    }
    channels.delete(channel.id)
  }

  function setUp(channel: PumpedChannel, setup: ChannelSetup): void {
    drain(channel, 'piece')
    channel.policy = setup.policy
    joinSinks(channel, road, setup.tap)
    if (setup.file !== channel.writer.target.path) {
      writers.giveBack(channel.writer)
      channel.writer = writers.take(setup)
    } else channel.writer.target.rotateBy(setup.policy.rotate)
    for (const stream of channel.streams) {
      encodeBy(stream, channel)
    }
    addStreams(channel, setup)
  }

  /** The time of day, once for all: a program that is silent writes nothing that would rotate its log. */
  function tend(at: number): void {
    let next = Number.POSITIVE_INFINITY
    for (const { writer } of channels.values()) {
      try {
        // In the middle of a line it waits for its end.
        if (writer.openLine === null) next = Math.min(next, writer.target.tend(at))
      } catch {
        // Whoever writes next says what is wrong.
      }
    }
    tendAt = next === Number.POSITIVE_INFINITY ? next : Math.max(at + TEND_AFTER.least, next)
  }

  function obey(message: ToOutputWorker): void {
    if (message.kind === 'road') {
      road = message.road
      for (const one of channels.values()) joinSinks(one, road, one.shared)
      return
    }
    if (message.kind === 'packed') {
      placePacked(message)
      return
    }
    if (message.kind === 'open') {
      const { id, source, incarnation, setup } = message
      const writer = writers.take(setup)
      const matched = (watch: number, line: string): void => post({ kind: 'match', watch, line })
      const channel = pumpedChannel(id, source, incarnation, setup.policy, writer, matched)
      joinSinks(channel, road, setup.tap)
      channels.set(id, channel)
      addStreams(channel, setup)
      if (isTimed(setup)) tendAt = 0
      return
    }
    const channel = channels.get(message.id)
    if (channel === undefined) return
    switch (message.kind) {
      case 'setup':
        setUp(channel, message.setup)
        if (isTimed(message.setup)) tendAt = 0
        return
      case 'incarnation':
        // What is there is of the life before; of the first one, which may be quicker than this
        // thread, nothing is before it.
        if (message.followed !== true && (channel.source.incarnation > 0 || !channel.isNew))
          drain(channel, 'end')
        channel.source.incarnation = message.number
        channel.source.sequence = 0
        return
      case 'watch':
        channel.watch.add(message.watch, new RegExp(message.source, message.flags))
        return
      case 'unwatch':
        channel.watch.remove(message.watch)
        return
      case 'drain':
        drain(channel, 'piece')
        break
      case 'rotate':
        drain(channel, 'no')
        if (channel.prepare(now())) channel.writer.target.rotate(now())
        break
      case 'clear':
        drain(channel, 'piece')
        if (channel.prepare(now())) channel.writer.target.clear(now())
        break
      case 'close':
        closeChannel(channel)
        break
      case 'counts':
        break
    }
    post({ kind: 'done', request: message.request, counts: countsOf(channel) })
    if (message.kind === 'close') writers.giveBack(channel.writer)
  }

  return {
    obey,
    happened(fd) {
      const of = streams.get(fd)
      if (of !== undefined) ready.add(of)
      for (const waiting of blocked.get(fd) ?? []) ready.add(waiting)
      blocked.delete(fd)
    },
    turn() {
      for (const of of [...ready]) step(of)
      if (ready.size > 0) return 0
      const at = now()
      if (at >= tendAt) tend(at)
      let next =
        tendAt === Number.POSITIVE_INFINITY ? tendAt : Math.min(tendAt, at + TEND_AFTER.most)
      for (const of of partial) {
        const until = of[1].partial?.until ?? at
        if (until <= at) ready.add(of)
        next = Math.min(next, until)
      }
      return next === Number.POSITIVE_INFINITY ? -1 : Math.max(0, next - at)
    },
    close() {
      for (const channel of [...channels.values()]) {
        closeChannel(channel)
        writers.giveBack(channel.writer)
      }
    },
  }
}

function isTimed({ policy: { rotate } }: ChannelSetup): boolean {
  return rotate.every !== null || rotate.maxAge !== null
}
