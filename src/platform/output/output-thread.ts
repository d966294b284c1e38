import type { Worker } from 'node:worker_threads'
import type { OutputCounts, OutputSource } from '../../model/ports/program-output.ts'
import { startThread } from '../packed/start-thread.ts'
import type { SinkRoad } from '../sinks/sink-tap.ts'
import { logPacker } from './packed-logs.ts'
import { threadPipes } from './system-pipes.ts'
import type {
  ChannelSetup,
  FromOutputWorker,
  ToOutputWorker,
  WorkerData,
} from './worker-messages.ts'

/** The thread holds a few buffers outside its heap and little else. */
const LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 }
/** A thread that ended by itself is started anew so often. */
const MOST_RESTARTS = 5
/** Milliseconds that an answer may take; a disk that hangs is no reason to wait for ever. */
const ANSWER_WITHIN = 30_000

type Request = Extract<ToOutputWorker, { request: number }>['kind']

/** One who moves bytes from FIFOs to a log; the guard's side of it. */
export interface OutputMover {
  open(id: number, source: OutputSource, setup: ChannelSetup): void
  setUp(id: number, setup: ChannelSetup): void
  incarnation(id: number, number: number): void
  watch(id: number, pattern: RegExp, found: (line: string) => void): () => void
  ask(id: number, what: Request): Promise<OutputCounts>
  /** The way to those who tell sinks; before any setup that has a tap. */
  road(road: SinkRoad): void
  close(): Promise<void>
}

interface Opened {
  readonly source: OutputSource
  setup: ChannelSetup
  incarnation: number
}

/**
 * The mover that is a thread of its own, for Linux and Windows: see `output-worker.ts`. Starts it when needed.
 *
 * @param renewed is called when it had to be started anew: it has no road to sinks then
 */
export function outputThread(renewed: () => void = () => {}): OutputMover {
  const opened = new Map<number, Opened>()
  const watches = new Map<number, { id: number; pattern: RegExp; found: (line: string) => void }>()
  const waiting = new Map<number, PromiseWithResolvers<OutputCounts>>()
  const packer = logPacker((done) => tell({ kind: 'packed', ...done }))
  const quit = new Int32Array(new SharedArrayBuffer(4))
  let wake = -1
  let worker: Worker | null = null
  let restarts = 0
  let number = 0
  let ended: Promise<void> = Promise.resolve()

  // A thread that sleeps in a system call would keep the process from ending.
  const onExit = (): void => {
    Atomics.store(quit, 0, 1)
    rouse()
  }

  function rouse(): void {
    if (wake !== -1) threadPipes().wake(wake)
  }

  function start(): Worker {
    if (wake === -1) {
      wake = threadPipes().waker()
      process.once('exit', onExit)
    }
    const data: WorkerData = { wake, quit: quit.buffer as SharedArrayBuffer }
    const made = startThread('output/output-worker', {
      workerData: data,
      resourceLimits: LIMITS,
      // The descriptors of this thread are those of the process; node knows none that koffi opened.
      trackUnmanagedFds: false,
      execArgv: [],
      env: {},
    })
    made.unref()
    made.on('message', answer)
    let failure: unknown = null
    made.once('error', (error) => {
      failure = error
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    ended = promise
    made.once('exit', () => {
      worker = null
      resolve()
      if (Atomics.load(quit, 0) === 0) recover(failure)
    })
    worker = made
    return made
  }

  /** Nothing is lost by its end: what it had not stored is in the FIFOs. */
  function recover(failure: unknown): void {
    for (const { reject } of waiting.values()) {
      reject(new Error('the thread that stores output ended', { cause: failure }))
    }
    waiting.clear()
    restarts += 1
    if (restarts > MOST_RESTARTS) return
    for (const [id, { source, setup, incarnation }] of opened) {
      tell({ kind: 'open', id, source, setup, incarnation })
    }
    for (const [watch, { id, pattern }] of watches) tellWatch(id, watch, pattern)
    renewed()
  }

  function tell(message: ToOutputWorker): void {
    const target = worker ?? start()
    target.postMessage(message, message.kind === 'road' ? [message.road.port] : [])
    rouse()
  }

  function tellWatch(id: number, watch: number, { source, flags }: RegExp): void {
    tell({ kind: 'watch', id, watch, source, flags })
  }

  function answer(message: FromOutputWorker): void {
    switch (message.kind) {
      case 'done':
        waiting.get(message.request)?.resolve(message.counts)
        waiting.delete(message.request)
        return
      case 'match': {
        const watch = watches.get(message.watch)
        watches.delete(message.watch)
        watch?.found(message.line)
        return
      }
      case 'rotated': {
        const packs = [...opened.values()].some(
          ({ setup }) => setup.file === message.path && setup.policy.rotate.compress === 'gzip',
        )
        if (packs) packer.pack(message.path)
      }
    }
  }

  return {
    open(id, source, setup) {
      opened.set(id, { source, setup, incarnation: 0 })
      tell({ kind: 'open', id, source, setup, incarnation: 0 })
      if (setup.policy.rotate.compress === 'gzip') packer.pack(setup.file)
    },
    setUp(id, setup) {
      const channel = opened.get(id)
      if (channel !== undefined) channel.setup = setup
      tell({ kind: 'setup', id, setup })
    },
    incarnation(id, incarnation) {
      const channel = opened.get(id)
      if (channel !== undefined) channel.incarnation = incarnation
      tell({ kind: 'incarnation', id, number: incarnation })
    },
    watch(id, pattern, found) {
      const watch = ++number
      watches.set(watch, { id, pattern, found })
      tellWatch(id, watch, pattern)
      return () => {
        if (watches.delete(watch)) tell({ kind: 'unwatch', id, watch })
      }
    },
    road(road) {
      tell({ kind: 'road', road })
    },
    async ask(id, what) {
      const request = ++number
      const answered = Promise.withResolvers<OutputCounts>()
      waiting.set(request, answered)
      tell({ kind: what, id, request })
      if (what === 'close') opened.delete(id)
      const late = setTimeout(() => {
        waiting.delete(request)
        answered.reject(new Error(`no answer about output within ${ANSWER_WITHIN} ms`))
      }, ANSWER_WITHIN)
      try {
        return await answered.promise
      } finally {
        clearTimeout(late)
      }
    },
    async close() {
      await packer.close()
      Atomics.store(quit, 0, 1)
      if (worker !== null) {
        worker.ref()
        rouse()
        await ended
      }
      process.off('exit', onExit)
    },
  }
}
