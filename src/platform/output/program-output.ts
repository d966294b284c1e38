import { statSync, truncateSync } from 'node:fs'
import { devNull } from 'node:os'
import { join, parse } from 'node:path'
import type { SinkFact } from '../../model/log-sink.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type {
  OutputChannel,
  OutputCounts,
  OutputSource,
  ProgramOutput,
} from '../../model/ports/program-output.ts'
import type { SpawnDescriptor } from '../../model/ports/spawner.ts'
import { isMovedByGuard, type LogPolicy } from '../../model/program-spec.ts'
import type { StreamName } from '../../output/line-encoder.ts'
import { openStream as openFifo } from '../posix/output-stream.ts'
import { type ProgramSinks, programSinks } from '../sinks/sink-thread.ts'
import { openStream as openPipe } from '../win32/output-stream.ts'
import type { OpenedStream } from './opened-stream.ts'
import { type OutputMover, outputThread } from './output-thread.ts'
import { removeUnfinished } from './packed-logs.ts'
import { portableMover } from './portable-mover.ts'
import type { ChannelSetup } from './worker-messages.ts'

const LOG_MODE = 0o640

export interface ProgramOutputOptions {
  /** Directory of the FIFOs; made for this user alone where it is not there. Unused on Windows. */
  readonly run: string
  /** Directory of the logs whose policy names no file. */
  readonly logs: string
  readonly clock: Clock
  /** False: no thread is used where one could be (Linux). Default true. */
  readonly thread?: boolean
  /** A sink went down, or is back. */
  readonly sinkTurned?: (fact: SinkFact) => void
}

const NOTHING: OutputCounts = {
  emitted: 0,
  stored: 0,
  dropped: 0,
  pending: 0,
  gaps: 0,
  lines: 0,
  rotations: 0,
  trouble: null,
}

/**
 * Logs of programs. What a program wrote waits in a FIFO until it is in its log, so that neither the
 * end of the guard nor its absence loses a line; around a SIGKILL of the guard the chunk that was
 * being written may be in the log twice. Policy `drop`, and systems other than Linux, keep a part in
 * the memory of the guard, which its death takes along. On Windows it waits in a pipe, which ends with
 * the guard, as its programs do; policy `drop` is `block` there.
 */
export function programOutput({
  run,
  logs,
  clock,
  thread = true,
  sinkTurned = () => {},
}: ProgramOutputOptions): ProgramOutput {
  const isWindows = process.platform === 'win32'
  const fast = thread && process.platform === 'linux'
  const openStream = isWindows ? openPipe : openFifo
  const channels = new Set<OutputChannel>()
  let threaded: OutputMover | null = null
  let portable: OutputMover | null = null
  let sinks: ProgramSinks | null = null
  /** Movers that have a road to sinks, and what gives them another. */
  const roads = new Map<OutputMover, () => void>()
  let number = 0

  function moverFor(policy: LogPolicy): OutputMover {
    if (isWindows || (fast && policy.whenFull === 'block')) {
      threaded ??= outputThread(() => roads.get(threaded as OutputMover)?.())
      return threaded
    }
    portable ??= portableMover(clock)
    return portable
  }

  /** What the mover shares with the thread that tells the sinks of a channel. */
  function tapFor(
    mover: OutputMover,
    id: number,
    source: OutputSource,
    policy: LogPolicy,
  ): SharedArrayBuffer | null {
    if (policy.sinks.length === 0) {
      sinks?.leave(id)
      return null
    }
    sinks ??= programSinks(sinkTurned)
    if (!roads.has(mover))
      roads.set(
        mover,
        sinks.connect((road) => mover.road(road)),
      )
    return sinks.setUp(id, source, policy)
  }

  function open(source: OutputSource, first: LogPolicy): OutputChannel {
    const id = ++number
    const streams = new Map<StreamName, OpenedStream>()
    let policy = first
    let file = fileFor(logs, source, policy)
    let incarnation = 0
    /** Null while nothing goes through FIFOs. */
    let mover: OutputMover | null = null

    function streamOf(name: StreamName): OpenedStream {
      const opened = streams.get(name) ?? openStream(run, source, name)
      streams.set(name, opened)
      return opened
    }

    function setup(by: OutputMover): ChannelSetup {
      for (const name of namesFor(policy)) streamOf(name)
      const tap = tapFor(by, id, source, policy)
      const opened = [...streams.values()].map(({ stream }) => stream)
      return { file: file ?? devNull, policy, streams: opened, tap }
    }

    function begin(): void {
      if (!isMovedByGuard(policy)) return
      if (file !== null) removeUnfinished(file)
      mover = moverFor(policy)
      mover.open(id, source, setup(mover))
      if (incarnation > 0) mover.incarnation(id, incarnation)
    }

    function descriptor(name: StreamName): SpawnDescriptor {
      if (policy.format === 'direct' && file !== null)
        return { kind: 'append', path: file, mode: LOG_MODE }
      if (!isMovedByGuard(policy)) return { kind: 'null' }
      const stream = policy.format === 'raw' ? 'stdout' : name
      return streamOf(stream).descriptor
    }

    const channel: OutputChannel = {
      get stdout() {
        return descriptor('stdout')
      },
      get stderr() {
        return descriptor('stderr')
      },
      get file() {
        return file
      },
      incarnation(next) {
        incarnation = next
        mover?.incarnation(id, next)
      },
      reconfigure(next) {
        policy = next
        file = fileFor(logs, source, policy)
        // Whoever still writes to a FIFO is read to the end, into the log as it was.
        if (mover !== null && !isMovedByGuard(policy)) return
        if (mover === null) return begin()
        const other = moverFor(policy)
        if (other === mover) return mover.setUp(id, setup(mover))
        const old = mover
        mover = other
        const { promise, resolve } = Promise.withResolvers<void>()
        handOver = promise
        void old
          .ask(id, 'close')
          .catch(() => {})
          .then(() => {
            if (mover === other) begin()
            resolve()
          })
      },
      watchFor(pattern, found) {
        return mover?.watch(id, pattern, found) ?? (() => {})
      },
      async counts() {
        await handOver
        return mover === null ? NOTHING : mover.ask(id, 'counts')
      },
      process(pid) {
        sinks?.process(id, incarnation, pid)
      },
      sinks: async () => sinks?.facts(id) ?? [],
      async drained() {
        await handOver
        await mover?.ask(id, 'drain')
      },
      async rotate() {
        await handOver
        await mover?.ask(id, 'rotate')
      },
      async clear() {
        await handOver
        if (mover !== null) await mover.ask(id, 'clear')
        // Written by the program itself, which appends.
        else if (file !== null && isFile(file)) truncateSync(file)
      },
      async close({ remove }) {
        await handOver
        const closing = mover
        mover = null
        channels.delete(channel)
        try {
          await closing?.ask(id, 'close')
        } finally {
          sinks?.leave(id)
          for (const opened of streams.values()) opened.close(remove)
          streams.clear()
        }
      },
    }
    let handOver: Promise<void> = Promise.resolve()
    begin()
    channels.add(channel)
    return channel
  }

  return {
    open,
    async close() {
      await Promise.all([...channels].map((channel) => channel.close({ remove: false })))
      await Promise.all([threaded?.close(), portable?.close()])
      await sinks?.close()
    },
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function namesFor({ format }: LogPolicy): readonly StreamName[] {
  return format === 'raw' ? ['stdout'] : ['stdout', 'stderr']
}

/** `api.log`, `api@2.log` for the second instance, also where the policy names one file for all. */
function fileFor(
  logs: string,
  { service, instance }: OutputSource,
  policy: LogPolicy,
): string | null {
  if (policy.format === 'off') return null
  const { dir, name, ext } = parse(policy.file ?? join(logs, `${service}.log`))
  return join(dir, `${name}${instance > 1 ? `@${instance}` : ''}${ext}`)
}
