import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { SteadError } from '../../errors.ts'
import type { ControlHandler } from '../../model/ports/control-transport.ts'
import type { Caller } from '../../model/ports/guard-api.ts'
import { LINGER, refusalText } from './answer-once.ts'
import { answering } from './answering.ts'
import { type ConnectionLimits, connections } from './connections.ts'
import { peerOf } from './peer.ts'
import { MAX_BODY } from './read-body.ts'
import { prepareSocketPath } from './socket-path.ts'

export interface ServeOptions {
  /** Absolute path of the socket, or `\\.\pipe\NAME` on Windows. */
  readonly socket: string
  readonly handler: ControlHandler
  /** Who may ask anything at all. */
  readonly allow: (caller: Caller) => boolean
  readonly limits?: Partial<ConnectionLimits>
  /** What answers, for those who are refused; default `this guard`. */
  readonly what?: string
}

export interface ControlServer {
  readonly socket: string
  readonly clients: number
  /** Takes no more, ends answers that go on, lets the others be read for a second, and is gone. */
  close(): Promise<void>
}

const LIMITS: ConnectionLimits = {
  clients: 1_500,
  request: 10_000,
  idle: 60_000,
  unread: 30_000,
  paused: 600_000,
}
/** Of the socket: its user's alone. */
const UMASK = 0o177
/** Connections that wait to be taken; the system lessens it to its own bound. A full queue refuses. */
const BACKLOG = 4_096

/**
 * Answers HTTP on a unix socket, or a named pipe. The HTTP server never listens itself: connections
 * are handed to it when it is known who they are.
 *
 * @throws SOCKET_PATH_TOO_LONG, DIRECTORY_UNSAFE, GUARD_RUNNING
 */
export async function serveControl({
  socket: path,
  handler,
  allow,
  limits: given,
  what = 'this guard',
}: ServeOptions): Promise<ControlServer> {
  const limits = { ...LIMITS, ...given }
  const clients = connections(limits)
  const callers = new WeakMap<Socket, Caller>()
  await prepareSocketPath(path)

  const { web, answer, close } = answering({
    handler,
    clients,
    callerOf: (socket) => callers.get(socket) ?? NOBODY,
    headersOf: ({ headers }) => headers,
  })
  web.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY) response.writeContinue()
    answer(request, response)
  })

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const caller = peerOf(socket) ?? NOBODY
    if (!allow(caller)) {
      return refuse(
        socket,
        403,
        new SteadError('RIGHTS', {
          action: `talk to ${what}`,
          right:
            'to be the user that it runs as, or root, or to have a role in its access settings',
          remedy: 'ask as that user: sudo -u USER stead …',
        }),
      )
    }
    if (clients.size >= limits.clients) {
      return refuse(socket, 503, new SteadError('GUARD_BUSY', { connections: clients.size }))
    }
    callers.set(socket, caller)
    clients.add(socket)
    web.emit('connection', socket)
  })

  await listen(server, path)
  server.on('error', () => {})
  return {
    socket: path,
    get clients() {
      return clients.size
    },
    close: () => close(server),
  }
}

const NOBODY: Caller = { uid: null, pid: null }

/** What a refused client still sends is thrown away, so that it can read why before it is cut off. */
function refuse(socket: Socket, status: number, error: SteadError): void {
  const end = (): void => {
    socket.destroy()
  }
  const late = setTimeout(end, LINGER).unref()
  // A client that has gone already is refused as well.
  socket.on('error', () => {})
  socket.once('end', () => socket.destroySoon())
  socket.once('close', () => clearTimeout(late))
  socket.end(refusalText(status, error))
  socket.resume()
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new SteadError('GUARD_RUNNING', { where: path, holder: 'another guard' })
          : error,
      )
    })
    // bind(2) is made before listen() returns, so that the socket never has another mode.
    const before = process.platform === 'win32' ? null : process.umask(UMASK)
    try {
      server.listen({ path, backlog: BACKLOG }, resolve)
    } finally {
      if (before !== null) process.umask(before)
    }
  })
}
