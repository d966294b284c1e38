import type { Worker } from 'node:worker_threads'
import { SteadError } from '../../errors.ts'
import type { ScmConversation } from '../../model/ports/scm-conversation.ts'
import { startThread } from '../packed/start-thread.ts'
import { eventLog } from './event-log.ts'
import { conversation } from './service-dispatcher-conversation.ts'
import type { DispatcherData, FromDispatcher } from './service-dispatcher-messages.ts'

/**
 * Makes contact with the Service Control Manager when it is the one that started this process, and
 * resolves as soon as it knows the service as SERVICE_START_PENDING. The conversation is held by a
 * thread of its own, so the main thread may be busy for as long as it likes.
 *
 * @returns null when the SCM did not start this process; may be called once in a process
 * @throws MANAGER_UNAVAILABLE when koffi or the Windows API fails
 */
export async function connectServiceDispatcher(): Promise<ScmConversation | null> {
  const progress = new SharedArrayBuffer(8)
  const worker = startThread('win32/service-dispatcher-worker', {
    workerData: { progress } satisfies DispatcherData,
    // A preload named on the command line of this process is not for this thread.
    execArgv: [],
    env: {},
  })
  const contact = await firstMessage(worker)
  if (contact.kind !== 'contact') {
    await worker.terminate()
    return null
  }
  return conversation(worker, contact, new Int32Array(progress), eventLog(contact.name))
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
