import { Worker } from 'node:worker_threads'
import { SteadError } from '../../errors.ts'
import type { ScmConversation } from '../../model/ports/scm-conversation.ts'
import type { DispatcherData, FromDispatcher, ToDispatcher } from './service-dispatcher-messages.ts'

/** Milliseconds that the end of the process waits for SERVICE_STOPPED to be reported. */
const FINISH_WITHIN = 5_000

/**
 * Makes contact with the Service Control Manager when it is the one that started this process, and
 * resolves as soon as it knows the service as SERVICE_START_PENDING. The conversation is held by a
 * thread of its own, so the main thread may be busy for as long as it likes.
 *
 * @returns null when the SCM did not start this process; may be called once in a process
 * @throws MANAGER_UNAVAILABLE when koffi or the Windows API fails
 */
export async function connectServiceDispatcher(): Promise<ScmConversation | null> {
  const finished = new SharedArrayBuffer(4)
  const worker = new Worker(workerFile(), {
    workerData: { finished } satisfies DispatcherData,
    // A preload named on the command line of this process is not for this thread.
    execArgv: [],
    env: {},
  })
  const contact = await firstMessage(worker)
  if (contact.kind !== 'contact') {
    await worker.terminate()
    return null
  }
  return conversation(worker, contact, new Int32Array(finished))
}

/** Beside this file and of its kind: TypeScript in a checkout, JavaScript in the published package. */
function workerFile(): URL {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./service-dispatcher-worker.${ending}`, import.meta.url)
}

function firstMessage(worker: Worker): Promise<FromDispatcher> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', (cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause)
      reject(
        new SteadError(
          'MANAGER_UNAVAILABLE',
          {
            manager: 'the Service Control Manager',
            reason,
            remedy: 'check that the package koffi was installed with its part for Windows: npm ci',
          },
          { cause },
        ),
      )
    })
  })
}

function conversation(
  worker: Worker,
  contact: Extract<FromDispatcher, { kind: 'contact' }>,
  finished: Int32Array,
): ScmConversation {
  const early: number[] = []
  let receive = (control: number): void => void early.push(control)
  let over = false
  worker.on('message', (message: FromDispatcher) => {
    if (message.kind === 'control') receive(message.control)
  })
  // Until somebody listens, a program that comes to its end shall do so; adding a listener holds it.
  worker.unref()
  const post = (message: ToDispatcher): void => {
    if (!over) worker.postMessage(message)
  }
  return {
    serviceName: contact.name,
    startArguments: contact.args,
    record: contact.record,
    listen(receiver) {
      receive = receiver
      worker.ref()
      for (const control of early.splice(0)) receiver(control)
    },
    accept: (bits, custom) => post({ kind: 'accept', bits, custom }),
    report: (state, patience) => post({ kind: 'report', state, patience }),
    event: (severity, text) => post({ kind: 'event', severity, text }),
    finish(win32, specific) {
      if (over) return
      post({ kind: 'finish', win32, specific })
      over = true
      // The thread works on while this one waits; without an answer the end of the process itself
      // tells the SCM that something went wrong.
      Atomics.wait(finished, 0, 0, FINISH_WITHIN)
    },
    async close() {
      over = true
      await worker.terminate()
    },
  }
}
