import { MessageChannel, type Worker } from 'node:worker_threads'
import type { LogSink, SinkFact } from '../../model/log-sink.ts'
import type { OutputSource } from '../../model/ports/program-output.ts'
import type { LogPolicy } from '../../model/program-spec.ts'
import { CHANNEL_SLOTS } from '../../sinks/bytes-in-flight.ts'
import { startThread } from '../packed/start-thread.ts'
import type {
  FromSinkWorker,
  SinkChannelSetup,
  SinkWorkerData,
  ToSinkWorker,
} from './sink-messages.ts'
import type { SinkRoad } from './sink-tap.ts'

/** Queues are bounded by their settings; this is for what goes wrong. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 }
const MOST_RESTARTS = 5
/** Milliseconds that an answer may take. */
const ANSWER_WITHIN = 5_000
/** What waits is told within two seconds, or not at all. */
const CLOSED_WITHIN = 4_000

/** The sinks of all programs; the guard's side of the thread that tells them. */
export interface ProgramSinks {
  /**
   * A road for one who moves output; `give` is called anew when the thread had to be started anew, and
   * by what is returned.
   */
  connect(give: (road: SinkRoad) => void): () => void
  /** The memory that whoever taps the channel shares with the thread. */
  setUp(id: number, source: OutputSource, policy: LogPolicy): SharedArrayBuffer
  leave(id: number): void
  process(id: number, incarnation: number, pid: number): void
  facts(id: number): Promise<readonly SinkFact[]>
  /** Tells what waits, in two seconds at most, and ends the thread. */
  close(): Promise<void>
}

/** Starts the thread when the first channel has a sink. @param turned a sink is down, or is back */
export function programSinks(turned: (fact: SinkFact) => void): ProgramSinks {
  const all = new SharedArrayBuffer(4)
  const setups = new Map<number, SinkChannelSetup>()
  const waiting = new Map<number, (facts: readonly SinkFact[]) => void>()
  const movers: ((road: SinkRoad) => void)[] = []
  let worker: Worker | null = null
  let restarts = 0
  let number = 0
  let closed: (() => void) | null = null

  function start(): Worker {
    const data: SinkWorkerData = { all }
    const made = startThread('sinks/sink-worker', {
      workerData: data,
      resourceLimits: LIMITS,
      trackUnmanagedFds: false,
      execArgv: [],
      env: {},
    })
    made.unref()
    made.on('message', (message: FromSinkWorker) => {
      if (message.kind === 'turned') turned(message.fact)
      else if (message.kind === 'closed') closed?.()
      else {
        waiting.get(message.request)?.(message.facts)
        waiting.delete(message.request)
      }
    })
    made.once('error', () => {})
    made.once('exit', () => {
      if (worker !== made) return
      worker = null
      recover()
    })
    return made
  }

  /** What waited is gone with the thread; programs and logs know nothing of it. */
  function recover(): void {
    for (const answer of waiting.values()) answer([])
    waiting.clear()
    closed?.()
    restarts += 1
    if (closed !== null || restarts > MOST_RESTARTS) return
    Atomics.store(new Int32Array(all), 0, 0)
    for (const { shared } of setups.values()) new Int32Array(shared).fill(0)
    for (const setup of setups.values()) tell({ kind: 'channel', setup })
    for (const give of movers) offer(give)
  }

  function tell(message: ToSinkWorker): void {
    worker ??= start()
    worker.postMessage(message, message.kind === 'port' ? [message.port] : [])
  }

  function offer(give: (road: SinkRoad) => void): void {
    const { port1, port2 } = new MessageChannel()
    tell({ kind: 'port', port: port2 })
    port1.unref()
    give({ port: port1, all })
  }

  return {
    connect(give) {
      movers.push(give)
      offer(give)
      return () => offer(give)
    },
    setUp(id, { service, instance }, { sinks, severity }) {
      const shared = setups.get(id)?.shared ?? new SharedArrayBuffer(CHANNEL_SLOTS * 4)
      const variables = variablesOf(sinks)
      const setup = { id, source: { service, instance }, sinks, severity, shared, variables }
      setups.set(id, setup)
      tell({ kind: 'channel', setup })
      return shared
    },
    leave(id) {
      if (setups.delete(id)) tell({ kind: 'leave', id })
    },
    process(id, incarnation, pid) {
      if (setups.has(id)) tell({ kind: 'process', id, incarnation, pid })
    },
    async facts(id) {
      if (!setups.has(id) || worker === null) return []
      const request = ++number
      const { promise, resolve } = Promise.withResolvers<readonly SinkFact[]>()
      waiting.set(request, resolve)
      const late = setTimeout(resolve, ANSWER_WITHIN, [])
      tell({ kind: 'facts', request, id })
      try {
        return await promise
      } finally {
        clearTimeout(late)
        waiting.delete(request)
      }
    },
    async close() {
      if (worker === null) return
      const ending = worker
      const { promise, resolve } = Promise.withResolvers<void>()
      closed = resolve
      ending.ref()
      tell({ kind: 'close' })
      const late = setTimeout(resolve, CLOSED_WITHIN)
      await promise
      clearTimeout(late)
      worker = null
      await ending.terminate()
    },
  }
}

/** Of the guard's environment the thread has nothing but what the settings of a sink name. */
function variablesOf(sinks: readonly LogSink[]): SinkChannelSetup['variables'] {
  const names = sinks.flatMap((sink) =>
    'tokenEnv' in sink && sink.tokenEnv !== null ? [sink.tokenEnv] : [],
  )
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
