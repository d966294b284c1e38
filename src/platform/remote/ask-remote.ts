import { readFileSync } from 'node:fs'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RemoteTls } from '../../model/remote-spec.ts'

/** Bytes of a document of settings, as of a file. */
export const MAX_DOCUMENT = 1024 * 1024
/** Of what a server writes into a message of ours. */
const MAX_WORDS = 200
/** After so much silence the kernel asks whether the other side is still there. */
const KEEP_ALIVE = 15_000

export interface RemoteQuestion {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly tls: RemoteTls
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds until the whole answer has to be there. */
  readonly timeout: number
  /** Bytes that the answer may have. */
  readonly longest: number
  readonly signal: AbortSignal
}

export interface RemoteAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/**
 * Asks a server once, on a connection of its own, and gives up on what is too slow or too long. Follows
 * no redirection and takes nothing compressed.
 *
 * @throws an error in words, without what was sent
 */
export async function askRemote(question: RemoteQuestion): Promise<RemoteAnswer> {
  const { timeout, longest, signal } = question
  const over = new AbortController()
  const late = setTimeout(() => over.abort(), timeout)
  try {
    const response = await responseTo(question, AbortSignal.any([signal, over.signal]))
    const parts: Buffer[] = []
    let size = 0
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length
      if (size > longest) {
        response.destroy()
        throw new Error(`its answer has more than ${longest} bytes`)
      }
      parts.push(part)
    }
    if (!response.complete) throw new Error('its answer is cut off')
    const { statusCode: status = 0, headers } = response
    return { status, headers, body: Buffer.concat(parts) }
  } catch (error) {
    signal.throwIfAborted()
    if (over.signal.aborted) throw new Error(`no whole answer within ${timeout} ms`)
    throw inWords(error)
  } finally {
    clearTimeout(late)
  }
}

/**
 * Asks, and gives the lines of an answer that goes on and on.
 *
 * @param question `timeout` until the answer begins, `longest` for one line
 */
export async function* linesOfRemote(question: RemoteQuestion): AsyncGenerator<string> {
  const { timeout, longest, signal } = question
  const over = new AbortController()
  const late = setTimeout(() => over.abort(), timeout)
  let response: IncomingMessage | null = null
  try {
    response = await responseTo(question, AbortSignal.any([signal, over.signal]))
    clearTimeout(late)
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`)
    response.setEncoding('utf8')
    let rest = ''
    for await (const part of response as AsyncIterable<string>) {
      const lines = (rest + part).split('\n')
      rest = lines.pop() as string
      yield* lines
      if (rest.length > longest)
        throw new Error(`a line of its answer has more than ${longest} bytes`)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (over.signal.aborted) throw new Error(`no answer within ${timeout} ms`)
    throw inWords(error)
  } finally {
    clearTimeout(late)
    response?.destroy()
  }
}

function responseTo(question: RemoteQuestion, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, url, headers, body, tls } = question
  const isTls = url.protocol === 'https:'
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  let request: ClientRequest
  try {
    const client = process.getBuiltinModule(isTls ? 'node:https' : 'node:http')
    request = client.request(url, {
      method,
      signal,
      // Files of certificates are read anew for each connection: they are exchanged while we run.
      agent: false,
      ...(isTls ? tlsOptions(tls) : {}),
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
    })
  } catch (error) {
    reject(error)
    return promise
  }
  request.on('socket', (socket) => {
    socket.setKeepAlive(true, KEEP_ALIVE)
  })
  request.on('error', reject)
  request.on('response', (response) => {
    const problem = refusalOf(response)
    if (problem === null) return resolve(response)
    reject(new Error(problem))
    response.destroy()
  })
  request.end(body)
  return promise
}

function tlsOptions({ ca, cert, key }: RemoteTls) {
  return {
    ...(ca === null ? {} : { ca: readFileSync(ca) }),
    ...(cert === null ? {} : { cert: readFileSync(cert) }),
    ...(key === null ? {} : { key: readFileSync(key) }),
  }
}

function refusalOf({ statusCode = 0, headers }: IncomingMessage): string | null {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') return 'its answer is compressed, which was not asked for'
  if (statusCode < 300 || statusCode === 304 || statusCode >= 400) return null
  return 'it sends one elsewhere, which is not followed: name the address that is meant'
}

function inWords(error: unknown): Error {
  const { message, code } = error as NodeJS.ErrnoException
  return new Error(plainWords(message || (code ?? 'unknown')), { cause: error })
}

/** What somebody else has written, as a part of a line of ours. */
export function plainWords(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_WORDS)
}
