import { isDeepStrictEqual } from 'node:util'
import type { LogSink, SinkFact } from '../../model/log-sink.ts'
import { type BytesInFlight, bytesInFlight } from '../../sinks/bytes-in-flight.ts'
import { type LineSplitter, lineSplitter } from '../../sinks/split-lines.ts'
import { type RunningSink, runSink } from './line-sink-runner.ts'
import type { SinkChannelSetup, TappedChunk } from './sink-messages.ts'

/** Milliseconds in which a sink that nobody has any more is told what waits. */
const FLUSH_WITHIN = 2_000

/** Which lines go to which sinks. Channels with the same sink share it: one queue, one connection. */
export interface SinkHub {
  setUp(setup: SinkChannelSetup): void
  /** It sends nothing more; what is under way from it is still told. */
  leave(id: number): void
  process(id: number, incarnation: number, pid: number): void
  chunk(chunk: TappedChunk): void
  facts(id: number): readonly SinkFact[]
  /** Tells what waits, within a bound. */
  close(): Promise<void>
}

interface Channel {
  setup: SinkChannelSetup
  readonly splitter: LineSplitter
  readonly flight: BytesInFlight
  sinks: readonly Shared[]
  process: { readonly incarnation: number; readonly pid: number } | null
  leaving: boolean
}

interface Shared {
  readonly settings: LogSink
  readonly running: RunningSink
  users: number
}

export function sinkHub(all: Int32Array, turned: (fact: SinkFact) => void): SinkHub {
  const channels = new Map<number, Channel>()
  const sinks = new Set<Shared>()
  const closing = new Set<Promise<void>>()

  function take(settings: LogSink, variables: SinkChannelSetup['variables']): Shared {
    const known = [...sinks].find((one) => isDeepStrictEqual(one.settings, settings))
    const shared = known ?? { settings, running: runSink(settings, variables, turned), users: 0 }
    shared.users += 1
    sinks.add(shared)
    return shared
  }

  function giveBack(shared: Shared): void {
    shared.users -= 1
    if (shared.users > 0) return
    sinks.delete(shared)
    const done = shared.running.close(FLUSH_WITHIN).finally(() => closing.delete(done))
    closing.add(done)
  }

  function leaveWhenEmpty(id: number, channel: Channel): void {
    if (!channel.leaving || !channel.flight.isEmpty()) return
    channels.delete(id)
    for (const shared of channel.sinks) giveBack(shared)
  }

  function tellLost({ flight, splitter, setup, sinks: told }: Channel): void {
    const { lines, bytes } = flight.takeLost()
    if (lines === 0) return
    splitter.skip(lines)
    for (const { running } of told) running.lose(setup.source, lines, bytes)
  }

  return {
    setUp(setup) {
      const { id, source, variables } = setup
      const known = channels.get(id)
      const taken = setup.sinks.map((settings) => take(settings, variables))
      if (known === undefined) {
        channels.set(id, {
          setup,
          splitter: lineSplitter(source),
          flight: bytesInFlight(all, new Int32Array(setup.shared)),
          sinks: taken,
          process: null,
          leaving: false,
        })
        return
      }
      const old = known.sinks
      known.setup = setup
      known.sinks = taken
      known.leaving = false
      for (const shared of old) giveBack(shared)
    },
    leave(id) {
      const channel = channels.get(id)
      if (channel === undefined) return
      channel.leaving = true
      tellLost(channel)
      leaveWhenEmpty(id, channel)
    },
    process(id, incarnation, pid) {
      const channel = channels.get(id)
      if (channel !== undefined) channel.process = { incarnation, pid }
    },
    chunk({ id, bytes, ...chunk }) {
      const channel = channels.get(id)
      if (channel === undefined) return
      const { setup, process: known } = channel
      const severity = setup.severity[chunk.stream === 'stderr' ? 'stderr' : 'stdout']
      const pid = known?.incarnation === chunk.incarnation ? known.pid : null
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      const records = channel.splitter.split({ ...chunk, bytes: text }, severity, pid)
      for (const { running } of channel.sinks) running.push(records)
      channel.flight.leave(bytes.length)
      tellLost(channel)
      leaveWhenEmpty(id, channel)
    },
    facts: (id) => (channels.get(id)?.sinks ?? []).map(({ running }) => running.facts()),
    async close() {
      for (const { running } of sinks) closing.add(running.close(FLUSH_WITHIN))
      sinks.clear()
      channels.clear()
      await Promise.all(closing)
    },
  }
}
