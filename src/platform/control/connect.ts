import type { ClientRequest, IncomingMessage } from 'node:http'
import { SteadError } from '../../errors.ts'
import type { ControlConnection } from '../../model/ports/control-transport.ts'
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
}

/**
 * The way to the guard behind a socket; connects when it is first asked, and keeps the connection.
 *
 * @throws SOCKET_PATH_TOO_LONG
 */
export function controlConnection(socketPath: string): ControlConnection {
  checkSocketPath(socketPath)
  const { Agent, request: httpRequest } = http()
  const agent = new Agent({ keepAlive: true, timeout: IDLE })

  function send(
    method: string,
    path: string,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): { readonly sent: ClientRequest; readonly response: Promise<IncomingMessage> } {
    const own = body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const sent = httpRequest({
      socketPath,
      agent,
      method,
      path,
      headers: { Host: 'stead', ...headers, ...own },
    })
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
    return new SteadError('GUARD_UNREACHABLE', { socket: socketPath, reason }, { cause: error })
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
