import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'
import { join, parse } from 'node:path'
import { SteadError } from '../../errors.ts'
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
import { type ProgramSinks, programSinks } from '../sinks/sink-thread.ts'
import { type OutputMover, outputThread } from './output-thread.ts'
import { removeUnfinished } from './packed-logs.ts'
import { linuxPipes } from './pipes.ts'
import { portableMover } from './portable-mover.ts'
import type { ChannelSetup, OpenStream } from './worker-messages.ts'

/**
 * The program may run as another user and open /dev/stdout anew, which asks for the right to write
 * (proc(5)); the directory keeps everybody else from the FIFO.
 */
const FIFO_MODE = 0o622
const DIRECTORY_MODE = 0o700
const LOG_MODE = 0o640
const { O_RDWR, O_NONBLOCK } = constants
/** The log of a program whose lines go to sinks alone. */
const NOWHERE = '/dev/null'

export interface ProgramOutputOptions {
  /** Directory of the FIFOs; made for this user alone where it is not there. */
  readonly run: string
  /** Directory of the logs whose policy names no file. */
  readonly logs: string
  readonly clock: Clock
  /** False: no thread is used on Linux either. Default true. */
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
 * the memory of the guard, which its death takes along.
 *
 * @throws PLATFORM_UNSUPPORTED by `open` where there are no FIFOs
 */
export function programOutput({
  run,
  logs,
  clock,
  thread = true,
  sinkTurned = () => {},
}: ProgramOutputOptions): ProgramOutput {
  const fast = thread && process.platform === 'linux'
  const channels = new Set<OutputChannel>()
  let threaded: OutputMover | null = null
  let portable: OutputMover | null = null
  let sinks: ProgramSinks | null = null
  /** Movers that have a road to sinks, and what gives them another. */
  const roads = new Map<OutputMover, () => void>()
  let number = 0

  function moverFor(policy: LogPolicy): OutputMover {
    if (fast && policy.whenFull === 'block') {
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
    const streams = new Map<StreamName, OpenStream>()
    let policy = first
    let file = fileFor(logs, source, policy)
    let incarnation = 0
    /** Null while nothing goes through FIFOs. */
    let mover: OutputMover | null = null

    function setup(by: OutputMover): ChannelSetup {
      for (const name of namesFor(policy)) {
        if (!streams.has(name)) streams.set(name, openStream(run, source, name))
      }
      const tap = tapFor(by, id, source, policy)
      return { file: file ?? NOWHERE, policy, streams: [...streams.values()], tap }
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
      return { kind: 'fifo', path: fifoPath(run, source, stream) }
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
          for (const [name, { fd }] of streams) {
            closeSync(fd)
            if (remove) rmSync(fifoPath(run, source, name), { force: true })
          }
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

function fifoPath(run: string, { service, instance }: OutputSource, name: StreamName): string {
  return join(run, `${service}@${instance}.${name === 'stdout' ? 'out' : 'err'}`)
}

/** Opens the FIFO, made before where it is not there: with what a program wrote while no guard was. */
function openStream(run: string, source: OutputSource, name: StreamName): OpenStream {
  if (process.platform === 'win32') {
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: 'output through a FIFO',
      platform: process.platform,
    })
  }
  mkdirSync(run, { recursive: true, mode: DIRECTORY_MODE })
  const path = fifoPath(run, source, name)
  const errno = linuxPipes().mkfifo(path, FIFO_MODE)
  // The umask took its share of the mode.
  if (errno === 0) chmodSync(path, FIFO_MODE)
  // Writing too, so that the end of all programs is no end of file (fifo(7)).
  const fd = openSync(path, O_RDWR | O_NONBLOCK)
  if (!fstatSync(fd).isFIFO()) {
    closeSync(fd)
    rmSync(path)
    return openStream(run, source, name)
  }
  return { name, fd, path, isNew: errno === 0 }
}
