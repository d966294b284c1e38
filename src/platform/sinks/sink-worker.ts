/**
 * The thread that tells sinks what programs write: the guard's loop and the thread that stores output
 * have no part in it. Started by `sink-thread.ts`.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { sinkHub } from './sink-hub.ts'
import type { FromSinkWorker, SinkWorkerData, TappedChunk, ToSinkWorker } from './sink-messages.ts'

const port = parentPort as NonNullable<typeof parentPort>
const roads = new Set<MessagePort>()
const post = (message: FromSinkWorker): void => port.postMessage(message)
const hub = sinkHub(new Int32Array((workerData as SinkWorkerData).all), (fact) => {
  post({ kind: 'turned', fact })
})

port.on('message', obey)

/** What the guard said before a chunk was sent is known before the chunk is looked at. */
function take(chunk: TappedChunk): void {
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ToSinkWorker } | undefined
    if (received === undefined) break
    obey(received.message)
  }
  hub.chunk(chunk)
}

function obey(message: ToSinkWorker): void {
  switch (message.kind) {
    case 'channel':
      hub.setUp(message.setup)
      return
    case 'leave':
      hub.leave(message.id)
      return
    case 'process':
      hub.process(message.id, message.incarnation, message.pid)
      return
    case 'port':
      roads.add(message.port)
      message.port.on('message', take)
      message.port.on('close', () => roads.delete(message.port))
      return
    case 'facts':
      post({ kind: 'facts', request: message.request, facts: hub.facts(message.id) })
      return
    case 'close':
      for (const road of roads) {
        for (;;) {
          const received = receiveMessageOnPort(road) as { message: TappedChunk } | undefined
          if (received === undefined) break
          hub.chunk(received.message)
        }
      }
      void hub.close().then(() => post({ kind: 'closed' }))
  }
}
