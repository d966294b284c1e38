import type { Worker } from 'node:worker_threads'
import { SteadError } from '../../errors.ts'
import type {
  ControlDetail,
  EventRecord,
  ScmConversation,
} from '../../model/ports/scm-conversation.ts'
import {
  FINISHED,
  type FromDispatcher,
  type ToDispatcher,
  WRITTEN,
} from './service-dispatcher-messages.ts'

/** Milliseconds that the end of the process waits for what it has to say to be told. */
const FINISH_WITHIN = 5_000

/**
 * The main thread's side of the conversation that `worker` holds.
 *
 * Should that thread die, nobody talks to the SCM any more: the records it did not get to are written
 * by this thread, and an error that nobody can catch ends the service, so that the SCM notices.
 *
 * @param progress as in `DispatcherData`
 * @param write writes a record to the Event Log from the calling thread
 */
export function conversation(
  worker: Worker,
  contact: Extract<FromDispatcher, { kind: 'contact' }>,
  progress: Int32Array,
  write: (record: EventRecord) => void,
): ScmConversation {
  const early: [number, ControlDetail][] = []
  const unwritten: EventRecord[] = []
  let posted = 0
  let receive = (control: number, detail: ControlDetail): void => void early.push([control, detail])
  let over = false
  let dead = false
  worker.on('message', (message: FromDispatcher) => {
    if (message.kind === 'control') receive(message.control, message.detail)
  })
  worker.on('error', (cause: unknown) => {
    dead = true
    lastWords()
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    write({ event: 'guard-crashed', severity: 2, detail })
    if (!over) throw lost(contact.name, cause)
  })
  // Until somebody listens, a program that comes to its end shall do so; adding a listener holds it.
  worker.unref()
  const post = (message: ToDispatcher): void => {
    if (!over && !dead) worker.postMessage(message)
  }
  const forgetWritten = (): void => {
    unwritten.splice(0, unwritten.length - (posted - Atomics.load(progress, WRITTEN)))
  }
  const lastWords = (): void => {
    forgetWritten()
    for (const record of unwritten.splice(0)) write(record)
  }
  return {
    serviceName: contact.name,
    startArguments: contact.args,
    record: contact.record,
    listen(receiver) {
      receive = receiver
      worker.ref()
      for (const [control, detail] of early.splice(0)) receiver(control, detail)
    },
    accept: (bits, custom) => post({ kind: 'accept', bits, custom }),
    report: (state, patience) => post({ kind: 'report', state, patience }),
    event(record) {
      if (over) return
      if (dead) return write(record)
      forgetWritten()
      unwritten.push(record)
      posted += 1
      post({ kind: 'event', record })
    },
    finish(win32, specific) {
      if (over) return
      post({ kind: 'finish', win32, specific })
      over = true
      // The thread works on while this one waits; without an answer the end of the process itself
      // tells the SCM that something went wrong.
      if (!dead) Atomics.wait(progress, FINISHED, 0, FINISH_WITHIN)
      lastWords()
    },
    flush() {
      const deadline = performance.now() + FINISH_WITHIN
      for (;;) {
        const done = Atomics.load(progress, WRITTEN)
        const left = deadline - performance.now()
        if (dead || over || done >= posted || left <= 0) break
        Atomics.wait(progress, WRITTEN, done, left)
      }
      lastWords()
    },
    async close() {
      over = true
      await worker.terminate()
    },
  }
}

function lost(name: string, cause: unknown): SteadError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new SteadError(
    'MANAGER_FAILED',
    {
      manager: 'the Windows Service Control Manager',
      action: `keep talking to ${name}`,
      detail: `the thread that did so has died: ${detail}`,
    },
    { cause },
  )
}
