import type { Agent } from 'node:http'
import type { Outcome } from '../../sinks/delivery.ts'

/** Of an answer that nobody reads. */
const MOST_ANSWER = 64 * 1024
/** Milliseconds of Retry-After that are asked for as a date or a number. */
const SECOND = 1_000

export interface HttpPost {
  /** Posts, and says how it went by the status alone: what the other side writes may be anything. */
  post(
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly after: number | null } | { readonly why: string }>
  close(): void
}

/** Posts to one address over one connection that is kept. Follows no redirection. */
export function httpPost(address: string, timeout: number): HttpPost {
  const url = new URL(address)
  const client = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  const agent: Agent = new client.Agent({ keepAlive: true, maxSockets: 1, timeout: 60_000 })

  return {
    post(body, headers, signal) {
      const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<HttpPost['post']>>>()
      const request = client.request(url, {
        method: 'POST',
        agent,
        signal,
        headers: { ...headers, 'content-length': body.length },
      })
      const late = setTimeout(() => {
        resolve({ why: `no answer within ${timeout} ms` })
        request.destroy()
      }, timeout)
      request.on('error', (error: NodeJS.ErrnoException) => {
        resolve({ why: error.code ?? error.message })
      })
      request.on('close', () => {
        clearTimeout(late)
        resolve({ why: 'the connection was closed without an answer' })
      })
      request.on('response', (response) => {
        let size = 0
        response.on('data', (bytes: Buffer) => {
          size += bytes.length
          if (size > MOST_ANSWER) request.destroy()
        })
        response.on('error', () => {})
        // The status is what counts; the rest is read so that the connection can be kept.
        resolve({ status: response.statusCode ?? 0, after: retryAfter(response.headers) })
      })
      request.end(body)
      return promise
    },
    close: () => agent.destroy(),
  }
}

/** What an answer means for lines that can be given up. */
export function lineOutcome(answer: Awaited<ReturnType<HttpPost['post']>>): Outcome {
  if ('why' in answer) return { kind: 'later', why: answer.why, after: null }
  const { status, after } = answer
  if (status >= 200 && status < 300) return { kind: 'done' }
  const why = `HTTP ${status}`
  // Only these are about what was sent: all else may be mended on the other side, or here.
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', why }
  return { kind: 'later', why, after }
}

/** Milliseconds that Retry-After asks for (RFC 9110, 10.2.3). */
function retryAfter(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const value = headers['retry-after']
  if (typeof value !== 'string') return null
  if (/^\d{1,6}$/.test(value)) return Number(value) * SECOND
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now())
}
