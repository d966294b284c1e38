import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { SteadError } from '../../errors.ts'
import type { ControlHandler } from '../../model/ports/control-transport.ts'
import type { Caller } from '../../model/ports/guard-api.ts'
import { LINGER, refusalText } from './answer-once.ts'
import { answering, type Closing } from './answering.ts'
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

  const connected = (socket: Socket, found: Caller | null): void => {
    const caller = found ?? NOBODY
    if (!allow(caller)) {
      const lacking = process.platform === 'win32' ? FOR_WINDOWS : FOR_POSIX
      refuse(socket, 403, new SteadError('RIGHTS', { action: `talk to ${what}`, ...lacking }))
      return
    }
    if (clients.size >= limits.clients) {
      refuse(socket, 503, new SteadError('GUARD_BUSY', { connections: clients.size }))
      return
    }
    callers.set(socket, caller)
    clients.add(socket)
    web.emit('connection', socket)
  }

  const server = await listen(path, connected)
  return {
    socket: path,
    get clients() {
      return clients.size
    },
    close: () => close(server),
  }
}

const FOR_POSIX = {
  right: 'to be the user that it runs as, or root, or to have a role in its access settings',
  remedy: 'ask as that user: sudo -u USER stead …',
}
const FOR_WINDOWS = {
  right: 'to be the user that it runs as, or an administrator of this machine',
  remedy: 'ask in a terminal that was opened with “Run as administrator”',
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

type Connected = (socket: Socket, caller: Caller | null) => void

async function listen(path: string, connected: Connected): Promise<Closing> {
  const inUse = (error: unknown): unknown =>
    (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      ? new SteadError('GUARD_RUNNING', { where: path, holder: 'another guard' })
      : error
  if (process.platform === 'win32') {
    const { servePipe } = await import('../win32/pipe-server.ts')
    try {
      return servePipe(path, connected)
    } catch (error) {
      throw inUse(error)
    }
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connected(socket, peerOf(socket))
  })
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(inUse(error)))
    // bind(2) is made before listen() returns, so that the socket never has another mode.
    const before = process.umask(UMASK)
    try {
      server.listen({ path, backlog: BACKLOG }, () => {
        server.on('error', () => {})
        resolve(server)
      })
    } finally {
      process.umask(before)
    }
  })
}
