import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Clock } from '../../model/ports/clock.ts'
import type { OutputCounts } from '../../model/ports/program-output.ts'
import { byteArea } from '../../output/byte-area.ts'
import { type DropQueue, dropQueue } from '../../output/drop-queue.ts'
import { type Flush, outputFor } from '../../output/line-encoder.ts'
import type { SinkRoad } from '../sinks/sink-tap.ts'
import { asyncStore } from './async-store.ts'
import type { LogWriter } from './log-writer.ts'
import { logWriters } from './log-writers.ts'
import type { OutputMover } from './output-thread.ts'
import { logPacker, placePacked } from './packed-logs.ts'
import { linuxPipes } from './pipes.ts'
import {
  countsWith,
  encodeBy,
  joinSinks,
  type PumpedChannel,
  type PumpedStream,
  pumpedChannel,
  pumpedStream,
  recordStored,
  sequenceOf,
  tellSinks,
} from './pumped-channel.ts'
import type { OpenStream } from './worker-messages.ts'

/** Most that is encoded and written at once. */
const STEP = 64 * 1024
/** Under policy `block` so much waits in memory; then the program waits. */
const MOST_WAITING = 256 * 1024
/** The beginning of a line is stored when it was not ended for so long. */
const PARTIAL_WAIT = 100
/** Milliseconds that asking for everything to be stored waits for a target that takes nothing. */
const DRAIN_WITHIN = 3_000
const { O_RDWR, O_NONBLOCK } = constants

interface Source {
  readonly stream: PumpedStream
  readonly queue: DropQueue
  readonly socket: Socket
  flush: Flush
  partial: NodeJS.Timeout | null
}

interface Moved {
  readonly channel: PumpedChannel
  readonly sources: Source[]
  /** What is being written comes before what is asked next. */
  busy: Promise<void>
  wanted: boolean
}

/**
 * The mover without a thread: reads into memory and writes asynchronously. It can drop the oldest of
 * what waits in memory, so that the program never waits; and it needs nothing but FIFOs. What is in
 * memory dies with the guard.
 */
export function portableMover(clock: Clock): OutputMover {
  const moved = new Map<number, Moved>()
  const writers = logWriters((path) => {
    for (const { channel } of moved.values()) {
      const packs = channel.policy.rotate.compress === 'gzip'
      if (packs && channel.writer.target.path === path) packer.pack(path)
    }
  })
  /** What is being written to a file comes before what is asked next. */
  const turns = new WeakMap<LogWriter, Promise<void>>()
  const found = new Map<number, (line: string) => void>()
  const packer = logPacker((done) => placePacked(done))
  const input = byteArea(STEP)
  const output = byteArea(outputFor(STEP))
  const now = (): number => clock.wall().getTime()
  const storer = asyncStore(clock)
  /** Bytes of each channel that are being written. */
  const inFlight = new Map<number, number>()
  let watches = 0
  let road: SinkRoad | null = null

  function addSource(one: Moved, { name, path, isNew }: OpenStream): void {
    if (one.sources.some(({ stream }) => stream.name === name)) return
    const fd = openSync(path, O_RDWR | O_NONBLOCK)
    const socket = new Socket({ fd, readable: true, writable: false })
    const stream = pumpedStream(one.channel, name, fd)
    const source: Source = { stream, queue: dropQueue(), socket, flush: 'no', partial: null }
    one.sources.push(source)
    one.channel.isNew &&= isNew
    socket.unref()
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      source.queue.push(bytes)
      stream.consumed += bytes.length
      relieve(one, source)
      void move(one)
    })
  }

  /** Keeps what waits within its bounds: by dropping, or by letting the program wait. */
  function relieve({ channel, sources }: Moved, source: Source): void {
    const waiting = sources.reduce((sum, { queue }) => sum + queue.size, 0)
    if (channel.policy.whenFull === 'block') {
      if (waiting > MOST_WAITING) source.socket.pause()
      return
    }
    const over = waiting - channel.policy.buffer
    if (over <= 0) return
    const fullest = sources.reduce((a, b) => (b.queue.size > a.queue.size ? b : a))
    const { bytes, lines } = fullest.queue.drop(over)
    channel.counts.dropped += bytes
    channel.writer.drop(bytes, lines)
    channel.tap?.lose(lines, bytes)
  }

  /** Writes what waits, one writer of a file after the other. */
  function move(one: Moved): Promise<void> {
    if (one.wanted) return one.busy
    one.wanted = true
    one.busy = inTurn(one, async () => {
      one.wanted = false
      for (let more = true; more; ) {
        more = false
        for (const source of one.sources) if (await step(one, source)) more = true
      }
    })
    return one.busy
  }

  function inTurn({ channel }: Moved, work: () => Promise<void>): Promise<void> {
    const turn = (turns.get(channel.writer) ?? Promise.resolve()).then(work)
    turns.set(channel.writer, turn)
    return turn
  }

  async function step(one: Moved, source: Source): Promise<boolean> {
    const { channel } = one
    const { queue, stream, socket } = source
    const { writer } = channel
    const available = queue.peek(input.bytes, STEP)
    if (available === 0) return false
    const owner = channel.policy.format === 'raw' ? channel : stream
    const at = now()
    const open = writer.openLine === owner
    const level = available === STEP && source.flush === 'no' ? 'piece' : source.flush
    const sequence = sequenceOf(channel)
    let done = stream.encoder.encode(input, 0, available, output, 0, at, 'no', open)
    if (done.read === 0 && level !== 'no') {
      done = stream.encoder.encode(input, 0, available, output, 0, at, level, open)
    }
    if (done.read === 0) {
      waitForRest(one, source)
      return false
    }
    clearTimeout(source.partial ?? undefined)
    source.partial = null
    // What follows takes time, and the areas are for all.
    const encoded = { ...done }
    const bytes = Buffer.from(input.bytes.subarray(0, encoded.read))
    const said = encoded.text ?? bytes
    const lines = Buffer.from(output.bytes.subarray(0, encoded.written))
    queue.take(encoded.read)
    inFlight.set(channel.id, (inFlight.get(channel.id) ?? 0) + encoded.read)
    const stored = await storer.store(
      channel,
      owner,
      lines,
      (b, l) => stream.encoder.gap(at, b, l),
      at,
    )
    inFlight.set(channel.id, (inFlight.get(channel.id) ?? 0) - encoded.read)
    recordStored(channel, owner, bytes, 0, encoded, lines, stored)
    if (channel.watch.size > 0) channel.watch.look(said, 0, said.length)
    tellSinks(channel, stream.name, sequence, at, said, 0, said.length)
    if (socket.isPaused() && queue.size < MOST_WAITING / 2) socket.resume()
    return true
  }

  function waitForRest(one: Moved, source: Source): void {
    source.partial ??= setTimeout(() => {
      source.flush = 'piece'
      void move(one).then(() => {
        source.flush = 'no'
      })
    }, PARTIAL_WAIT).unref()
  }

  /** Everything that is there now, the beginning of a line as well. */
  async function drain(one: Moved, flush: Flush): Promise<void> {
    const patience = new AbortController()
    const sum = (of: (stream: PumpedStream) => number): number =>
      one.sources.reduce((total, { stream }) => total + of(stream), 0)
    const until = sum(unread) + sum(({ consumed }) => consumed)
    while (sum(({ consumed }) => consumed) < until) {
      for (const { socket } of one.sources) socket.resume()
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const source of one.sources) source.flush = flush
    // A target that takes nothing is not waited for longer.
    await Promise.race([move(one), clock.sleep(DRAIN_WITHIN, patience.signal).catch(() => {})])
    patience.abort()
    for (const source of one.sources) source.flush = 'no'
    const { writer } = one.channel
    if (flush !== 'end' || !one.sources.some(({ stream }) => writer.openLine === stream)) return
    await inTurn(one, async () => {
      if ((await storer.storeBytes(writer, Buffer.from('\n'), now())) === 1) writer.openLine = null
    })
  }

  function countsOf({ channel, sources }: Moved): OutputCounts {
    const pending = sources.reduce(
      (sum, { queue, stream }) => sum + queue.size + unread(stream),
      inFlight.get(channel.id) ?? 0,
    )
    return countsWith(channel, pending)
  }

  async function close(id: number, one: Moved): Promise<void> {
    await drain(one, 'end')
    storer.giveUp(one.channel.writer)
    for (const { socket, partial } of one.sources) {
      clearTimeout(partial ?? undefined)
      socket.destroy()
    }
    moved.delete(id)
    writers.giveBack(one.channel.writer)
  }

  function tell(watch: number, line: string): void {
    found.get(watch)?.(line)
    found.delete(watch)
  }

  return {
    open(id, source, setup) {
      const channel = pumpedChannel(id, source, 0, setup.policy, writers.take(setup), tell)
      joinSinks(channel, road, setup.tap)
      const one: Moved = { channel, sources: [], busy: Promise.resolve(), wanted: false }
      moved.set(id, one)
      for (const stream of setup.streams) addSource(one, stream)
      if (setup.policy.rotate.compress === 'gzip') packer.pack(setup.file)
    },
    setUp(id, setup) {
      const one = moved.get(id)
      if (one === undefined) return
      void inTurn(one, async () => {
        const { channel } = one
        channel.policy = setup.policy
        joinSinks(channel, road, setup.tap)
        if (setup.file !== channel.writer.target.path) {
          writers.giveBack(channel.writer)
          channel.writer = writers.take(setup)
        } else channel.writer.target.rotateBy(setup.policy.rotate)
        for (const { stream } of one.sources) encodeBy(stream, channel)
      })
      for (const stream of setup.streams) addSource(one, stream)
    },
    incarnation(id, number) {
      const one = moved.get(id)
      if (one === undefined) return
      const { source, isNew } = one.channel
      const begin = (): object => Object.assign(source, { incarnation: number, sequence: 0 })
      if (source.incarnation === 0 && isNew) begin()
      else void drain(one, 'end').then(begin)
    },
    watch(id, pattern, matched) {
      const watch = ++watches
      found.set(watch, matched)
      moved.get(id)?.channel.watch.add(watch, pattern)
      return () => {
        found.delete(watch)
        moved.get(id)?.channel.watch.remove(watch)
      }
    },
    road(next) {
      road = next
      for (const { channel } of moved.values()) joinSinks(channel, road, channel.shared)
    },
    async ask(id, what) {
      const one = moved.get(id)
      if (one === undefined) throw new Error(`no output channel ${id}`)
      if (what === 'close') {
        await close(id, one)
        return countsOf({ ...one, sources: [] })
      }
      if (what !== 'counts') await drain(one, 'piece')
      if (what === 'rotate' || what === 'clear') {
        await inTurn(one, async () => {
          if (one.channel.prepare(now())) one.channel.writer.target[what](now())
        })
      }
      return countsOf(one)
    },
    close: () => packer.close(),
  }
}

function unread(stream: PumpedStream): number {
  return process.platform === 'linux' ? linuxPipes().waiting(stream.fd) : 0
}
