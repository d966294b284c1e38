import type { IncomingMessage } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { certificateIdentity } from '../../model/control-tcp.ts'
import type { ControlHandler, ControlRequest } from '../../model/ports/control-transport.ts'
import type { Caller } from '../../model/ports/guard-api.ts'
import { answering } from './answering.ts'
import { type ConnectionLimits, connections } from './connections.ts'

export interface ServeTcpOptions {
  /** An IP address of this machine. */
  readonly host: string
  /** 0 for one that is free. */
  readonly port: number
  readonly handler: ControlHandler
  readonly limits?: Partial<ConnectionLimits>
  /** Left out for plain TCP. */
  readonly tls?: TlsMaterial
}

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
  /** Who signs the certificates that clients may show; null where none are asked for. */
  readonly clientCa: string | null
}

export interface TcpServer {
  readonly port: number
  readonly clients: number
  /** For connections from now on. */
  renew(tls: TlsMaterial): void
  close(): Promise<void>
}

const LIMITS: ConnectionLimits = {
  clients: 64,
  request: 10_000,
  idle: 120_000,
  unread: 30_000,
  paused: 60_000,
}
const BACKLOG = 64
/** Milliseconds of silence until the other side is asked whether it is there (tcp(7)). */
const KEEP_ALIVE = 60_000
/** Milliseconds for a TLS handshake. */
const HANDSHAKE = 10_000

/**
 * Answers HTTP on a port. No kernel says who asks: a caller has the address that it comes from and, where
 * it has shown a certificate that `clientCa` has signed, that as its identity. Whether it may ask is for
 * the handler to find out.
 *
 * @throws the error of bind(2): EADDRINUSE, EADDRNOTAVAIL, EACCES
 */
export async function serveTcp({
  host,
  port,
  handler,
  limits: given,
  tls,
}: ServeTcpOptions): Promise<TcpServer> {
  const limits = { ...LIMITS, ...given }
  const clients = connections(limits)
  const { web, close } = answering({ handler, clients, callerOf, headersOf })
  /** Connections that have not come through a handshake count as well. */
  let open = 0
  const begin = (socket: Socket): void => {
    socket.on('error', () => {})
    if (open >= limits.clients) {
      socket.destroy()
      return
    }
    open += 1
    socket.once('close', () => {
      open -= 1
    })
    socket.setNoDelay()
    // Who reads events may have nothing to read for hours: whether it is there at all is found out below.
    socket.setKeepAlive(true, KEEP_ALIVE)
  }
  const take = (socket: Socket): void => {
    if (socket.destroyed) return
    socket.on('error', () => {})
    clients.add(socket)
    web.emit('connection', socket)
  }
  const server = await listener(tls, begin, take)
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
    renew(material) {
      if ('setSecureContext' in server) {
        ;(server as import('node:tls').Server).setSecureContext(contextOf(material))
      }
    },
    close: () => close(server),
  }
}

/** What is loaded for TLS is loaded where it is asked for. @throws where certificate or key are none */
async function listener(
  tls: TlsMaterial | undefined,
  begin: (socket: Socket) => void,
  take: (socket: Socket) => void,
): Promise<Server> {
  if (tls === undefined) {
    return createServer((socket) => {
      begin(socket)
      take(socket)
    })
  }
  const { createServer: createTlsServer } = await import('node:tls')
  const server = createTlsServer({
    ...contextOf(tls),
    handshakeTimeout: HANDSHAKE,
    requestCert: tls.clientCa !== null,
    // One without a certificate may have a token; an unknown certificate is as none.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  })
  server.on('connection', begin)
  server.on('secureConnection', take)
  server.on('tlsClientError', (_, socket) => socket.destroy())
  return server
}

function contextOf({ cert, key, clientCa }: TlsMaterial) {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2' as const,
    // Without a list of one's own, Node trusts whom everybody trusts.
    ca: clientCa === null ? [] : [clientCa],
  }
}

/** Of several hosts Node keeps the first (RFC 9112, 3.2, would have it refused): all of them are told. */
function headersOf({ headers, headersDistinct }: IncomingMessage): ControlRequest['headers'] {
  const { host = [] } = headersDistinct
  return host.length < 2 ? headers : { ...headers, host }
}

function callerOf(socket: Socket): Caller {
  const { remoteAddress } = socket
  const from = remoteAddress === undefined ? {} : { address: remoteAddress }
  const secure = socket as TLSSocket
  if (secure.authorized !== true) return { uid: null, pid: null, ...from }
  const { CN: name } = secure.getPeerCertificate().subject ?? {}
  // More than one name is none that could be in a rule.
  if (typeof name !== 'string') return { uid: null, pid: null, ...from }
  return { uid: null, pid: null, ...from, identity: certificateIdentity(name) }
}
