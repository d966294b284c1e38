/**
 * The thread that moves the output of all programs to their logs, so that no load of output delays
 * the guard. It sleeps in one call of the system while there is none. Started by `output-thread.ts`.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { collectAll } from '../small-heap.ts'
import { messageBatch } from './message-batch.ts'
import { outputChannels } from './output-channels.ts'
import { threadPipes } from './system-pipes.ts'
import type { FromOutputWorker, ToOutputWorker, WorkerData } from './worker-messages.ts'

/** Without any output for so long, in milliseconds, there is time to tidy up. */
const QUIET = 2_000

const data = workerData as WorkerData
const quit = new Int32Array(data.quit)
const port = parentPort as NonNullable<typeof parentPort>

const pipes = threadPipes()
const watching = pipes.watching(data.wake)
const post = (message: FromOutputWorker): void => port.postMessage(message)

const channels = outputChannels({ pipes, watching, now: Date.now, post })

obey()
// What starting and each burst leave behind is a quarter of this thread's memory.
let untidy = true
while (Atomics.load(quit, 0) === 0) {
  const timeout = channels.turn()
  const isQuiet = timeout < 0 || timeout > QUIET
  const ready = pipes.wait(watching, isQuiet && untidy ? QUIET : timeout)
  if (ready.length > 0) untidy = true
  else if (isQuiet && untidy) {
    collectAll()
    untidy = false
  }
  for (const fd of ready) {
    if (fd !== data.wake) channels.happened(fd)
    else {
      pipes.calm(fd)
      obey()
    }
  }
}
channels.close()
pipes.closeWatching(watching)

function obey(): void {
  const messages: ToOutputWorker[] = []
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ToOutputWorker } | undefined
    if (received === undefined) break
    messages.push(received.message)
  }
  for (const message of messageBatch(messages)) channels.obey(message)
}
