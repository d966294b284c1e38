import { connect } from 'node:net'

/**
 * One kept connection to an HTTP server on a unix socket, for one request at a time. By hand, since
 * the client of node:http would be most of what is measured.
 */
export interface HttpConnection {
  /** The body of the answer. @throws where the status is not 2xx, or nothing comes in a minute */
  ask(method: string, path: string, body?: string, type?: string): Promise<string>
  close(): void
}

export async function openHttp(path: string): Promise<HttpConnection> {
  const socket = connect(path)
  await new Promise<void>((done, fail) => {
    socket.once('connect', done).once('error', fail)
  })
  let parts: Buffer[] = []
  let settle: ((text: string | Error) => void) | null = null
  socket.on('data', (chunk: Buffer) => {
    parts.push(chunk)
    const body = completeBody(parts)
    if (body === null) return
    parts = []
    settle?.(body)
  })
  socket.on('error', (error) => settle?.(error))
  socket.on('close', () => settle?.(new Error(`${path} closed the connection`)))
  return {
    ask(method, target, body = '', type = 'application/json') {
      return new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`no answer to ${target}`)), 60_000)
        settle = (answer) => {
          settle = null
          clearTimeout(timer)
          if (typeof answer === 'string') done(answer)
          else fail(answer)
        }
        const length = Buffer.byteLength(body)
        const about = length === 0 ? '' : `Content-Type: ${type}\r\n`
        socket.write(
          `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n${about}Content-Length: ${length}\r\n\r\n${body}`,
        )
      })
    },
    close: () => void socket.destroy(),
  }
}

/** The body, an error for a status that is none of success, or null while bytes are missing. */
export function completeBody(parts: readonly Buffer[]): string | Error | null {
  const last = parts.at(-1)
  if (last === undefined) return null
  const all = parts.length === 1 ? last : Buffer.concat(parts)
  const end = all.indexOf('\r\n\r\n')
  if (end < 0) return null
  const head = all.toString('latin1', 0, end)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const body = end + 4
  if (length === undefined && /^transfer-encoding: *chunked/im.test(head)) {
    if (!all.subarray(-5).equals(Buffer.from('0\r\n\r\n'))) return null
  } else if (all.length < body + Number(length ?? 0)) return null
  const text = all.toString('utf8', body)
  return /^HTTP\/1\.\d 2/.test(head) ? text : new Error(`${head.split('\r\n')[0]}: ${text}`)
}
