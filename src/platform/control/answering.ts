import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ControlHandler, ControlRequest } from '../../model/ports/control-transport.ts'
import type { Caller } from '../../model/ports/guard-api.ts'
import { answerOnce } from './answer-once.ts'
import type { connections } from './connections.ts'
import { http } from './http.ts'
import { readBody } from './read-body.ts'

const MAX_HEADERS = 16 * 1024
/** Milliseconds in which those who are answered may read to the end when the server closes. */
const LAST_WORDS = 1_000

/** What listens; it calls back when all who are connected have gone. */
export interface Closing {
  close(done: () => void): unknown
}

export interface AnsweringParts {
  readonly handler: ControlHandler
  readonly clients: ReturnType<typeof connections>
  readonly callerOf: (socket: Socket) => Caller
  readonly headersOf: (request: IncomingMessage) => ControlRequest['headers']
}

/**
 * HTTP for connections that are handed to it when it is known who they are, by `connection` events; it
 * never listens itself. Requests are given to `answer` by the events that the caller wants.
 */
export function answering({ handler, clients, callerOf, headersOf }: AnsweringParts) {
  const closing = new AbortController()
  const web = http().createServer({
    maxHeaderSize: MAX_HEADERS,
    // Times are kept by `connections`, which has no timer of each socket.
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  })

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    readBody(request, (body) => {
      const done = clients.began(socket)
      response.once('close', done)
      answerOnce(response, {
        handler,
        request: {
          method: request.method ?? '',
          target: request.url ?? '',
          headers: headersOf(request),
          body: body ?? '',
          caller: callerOf(socket),
        },
        tooLarge: body === null,
        closing: closing.signal,
        streams: () => clients.streams(socket),
      })
    })
  }
  web.on('request', answer)

  return {
    web,
    answer,
    /** Takes no more, ends answers that go on, lets the others be read for a second. */
    async close(server: Closing): Promise<void> {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()))
      closing.abort()
      clients.finish()
      const late = setTimeout(clients.destroyAll, LAST_WORDS)
      await gone
      clearTimeout(late)
    },
  }
}
