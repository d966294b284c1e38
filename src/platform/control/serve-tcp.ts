import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { ControlHandler } from '../../model/ports/control-transport.ts'
import type { Caller } from '../../model/ports/guard-api.ts'
import { answerOnce } from './answer-once.ts'
import { type ConnectionLimits, connections } from './connections.ts'
import { http } from './http.ts'
import { readBody } from './read-body.ts'

export interface ServeTcpOptions {
  /** An IP address of this machine. */
  readonly host: string
  /** 0 for one that is free. */
  readonly port: number
  readonly handler: ControlHandler
  readonly limits?: Partial<ConnectionLimits>
}

export interface TcpServer {
  readonly port: number
  readonly clients: number
  close(): Promise<void>
}

const LIMITS: ConnectionLimits = {
  clients: 64,
  request: 10_000,
  idle: 120_000,
  unread: 30_000,
  paused: 60_000,
}
const MAX_HEADERS = 16 * 1024
const BACKLOG = 64
const LAST_WORDS = 1_000
/** Over TCP nobody says who connects. */
const SOMEBODY: Caller = { uid: null, pid: null }

/**
 * Answers HTTP on a port. Who asks, and whether it may, is for the handler to find out.
 *
 * @throws the error of bind(2): EADDRINUSE, EADDRNOTAVAIL, EACCES
 */
export async function serveTcp({
  host,
  port,
  handler,
  limits: given,
}: ServeTcpOptions): Promise<TcpServer> {
  const limits = { ...LIMITS, ...given }
  const clients = connections(limits)
  const closing = new AbortController()
  const web = http().createServer({
    maxHeaderSize: MAX_HEADERS,
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
  })
  web.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    readBody(request, (body) => {
      const done = clients.began(socket)
      response.once('close', done)
      answerOnce(response, {
        handler,
        request: {
          method: request.method ?? '',
          target: request.url ?? '',
          headers: request.headers,
          body: body ?? '',
          caller: SOMEBODY,
        },
        tooLarge: body === null,
        closing: closing.signal,
        streams: () => clients.streams(socket),
      })
    })
  })
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {})
    if (clients.size >= limits.clients) {
      socket.destroy()
      return
    }
    socket.setNoDelay()
    clients.add(socket)
    web.emit('connection', socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', () => {})
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    get clients() {
      return clients.size
    },
    async close() {
      const gone = new Promise<void>((resolve) => server.close(() => resolve()))
      closing.abort()
      clients.finish()
      const late = setTimeout(clients.destroyAll, LAST_WORDS)
      await gone
      clearTimeout(late)
    },
  }
}
