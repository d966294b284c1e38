import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { SteadError } from '../../errors.ts'
import type { ControlConnection } from '../../model/ports/control-transport.ts'
import { connectPipe } from '../win32/pipe-client.ts'
import { http } from './http.ts'
import { checkSocketPath } from './socket-path.ts'

/** Idle connections are given up well before a guard ends them, so that none is used while it ends. */
const IDLE = 20_000
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'nobody listens there any more',
  EACCES: 'no right to connect to it',
  ECONNRESET: 'the connection was ended',
  EPIPE: 'the connection was ended',
  EBUSY: 'it takes no more connections',
}

/** A guard that answers over TCP. */
export interface TcpAddress {
  /** `http://127.0.0.1:7878`, `https://guard.example:7878`. */
  readonly url: URL
  /** What is shown with each request; left out for none. */
  readonly token?: string
  /** PEM texts: who has signed the guard's certificate, and a certificate of one's own with its key. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * The way to the guard behind a socket; connects when it is first asked, and keeps the connection.
 *
 * @throws SOCKET_PATH_TOO_LONG
 */
export function controlConnection(socketPath: string): ControlConnection {
  checkSocketPath(socketPath)
  const { Agent, request } = http()
  const agent = new Agent({ keepAlive: true, timeout: IDLE })
  if (process.platform === 'win32') {
    agent.createConnection = (_options, connected) => {
      try {
        return connectPipe(socketPath)
      } catch (error) {
        process.nextTick(() => connected?.(error as Error, undefined as never))
        return null
      }
    }
  }
  return connectionBy(request, { socketPath, agent }, { Host: 'stead' }, socketPath)
}

/** The way to a guard over TCP; connects when it is first asked, and keeps the connection. */
export function tcpConnection({ url, token, ca, cert, key }: TcpAddress): ControlConnection {
  const isSecure = url.protocol === 'https:'
  const { Agent, request } = isSecure ? process.getBuiltinModule('node:https') : http()
  const agent = new Agent({ keepAlive: true, timeout: IDLE })
  const where = { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port, agent }
  const shown = isSecure ? { ...where, ca, cert, key } : where
  const headers = {
    Host: url.host,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  }
  return connectionBy(request, shown, headers, url.origin)
}

function connectionBy(
  httpRequest: typeof import('node:http').request,
  to: RequestOptions & { readonly agent: Agent },
  always: Readonly<Record<string, string>>,
  name: string,
): ControlConnection {
  const { agent } = to

  function send(
    method: string,
    path: string,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): { readonly sent: ClientRequest; readonly response: Promise<IncomingMessage> } {
    const own = body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const sent = httpRequest({ ...to, method, path, headers: { ...always, ...headers, ...own } })
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.on('error', (error) => reject(unreachable(error)))
    })
    sent.end(body ?? undefined)
    return { sent, response }
  }

  function unreachable(error: unknown): SteadError {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = REASONS[code ?? ''] ?? message
    return new SteadError('GUARD_UNREACHABLE', { socket: name, reason }, { cause: error })
  }

  async function whole(message: IncomingMessage): Promise<string> {
    message.setEncoding('utf8')
    let text = ''
    try {
      for await (const part of message) text += part as string
    } catch (error) {
      throw unreachable(error)
    }
    return text
  }

  async function* partsOf(
    message: IncomingMessage,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<string> {
    message.setEncoding('utf8')
    try {
      for await (const part of message) yield part as string
    } catch (error) {
      if (!signal?.aborted) throw unreachable(error)
    } finally {
      message.destroy()
    }
  }

  return {
    async request(method, target, body, deadline) {
      const { sent, response } = send(method, target, body, {})
      const late =
        deadline === null
          ? undefined
          : setTimeout(() => sent.destroy(new Error(`no answer within ${deadline} ms`)), deadline)
      try {
        const message = await response
        return { status: message.statusCode ?? 0, body: await whole(message) }
      } finally {
        clearTimeout(late)
      }
    },
    async stream(target, headers, signal) {
      const { sent, response } = send('GET', target, null, headers)
      const leave = (): void => {
        sent.destroy()
      }
      signal?.addEventListener('abort', leave, { once: true })
      if (signal?.aborted) leave()
      const message = await response
      const status = message.statusCode ?? 0
      if (status !== 200) return { status, body: await whole(message), parts: nothing() }
      return { status, body: '', parts: partsOf(message, signal) }
    },
    close: () => agent.destroy(),
  }
}

async function* nothing(): AsyncGenerator<string> {}
