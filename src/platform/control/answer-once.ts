import type { ServerResponse } from 'node:http'
import { SteadError } from '../../errors.ts'
import type {
  ControlAnswer,
  ControlHandler,
  ControlRequest,
} from '../../model/ports/control-transport.ts'

export interface Asked {
  readonly handler: ControlHandler
  readonly request: Omit<ControlRequest, 'gone'>
  /** Its body was larger than is read. */
  readonly tooLarge: boolean
  /** The server is being closed: answers that go on shall end. */
  readonly closing: AbortSignal
  /** Called when the answer is one that goes on. */
  readonly streams: () => void
}

/** How long a client that is cut off while it sends may take to read why. */
export const LINGER = 200
const JSON_TYPE = 'application/json; charset=utf-8'

/** Has a request answered, and the answer written as fast as it is read. */
export function answerOnce(response: ServerResponse, asked: Asked): void {
  response.sendDate = false
  response.on('error', () => {})
  if (asked.tooLarge) {
    cutOff(response)
    return
  }
  const leaving = leavingOf(response)
  const answer = asked.handler({ ...asked.request, gone: () => leaving.get().signal })
  const write = (ready: ControlAnswer): void => {
    if ('body' in ready) {
      writeWhole(response, ready)
      return
    }
    asked.streams()
    void writeParts(response, ready, leaving.get(), asked.closing)
  }
  // A handler never rejects; were it to, the client sees the connection end.
  if (answer instanceof Promise) answer.then(write, () => response.destroy())
  else write(answer)
}

/** The text of an answer to somebody who is not let in. */
export function refusalText(status: number, error: SteadError): string {
  const body = bodyOf(error)
  return [
    `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : 'Service Unavailable'}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}

function bodyOf({ code, message, hint }: SteadError): string {
  return JSON.stringify({ error: { code, message, hint } })
}

function writeWhole(
  response: ServerResponse,
  answer: Extract<ControlAnswer, { body: string }>,
): void {
  response.writeHead(answer.status, {
    ...answer.headers,
    'Content-Type': answer.type,
    'Content-Length': Buffer.byteLength(answer.body),
  })
  response.end(answer.body)
}

async function writeParts(
  response: ServerResponse,
  { status, type, parts }: Extract<ControlAnswer, { parts: unknown }>,
  leaving: AbortController,
  closing: AbortSignal,
): Promise<void> {
  const leave = (): void => leaving.abort()
  closing.addEventListener('abort', leave, { once: true })
  if (closing.aborted) leave()
  try {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' })
    response.flushHeaders()
    for await (const part of parts) {
      if (leaving.signal.aborted) break
      if (!response.write(part)) await readOn(response, leaving.signal)
    }
    response.end()
  } catch {
    response.destroy()
  } finally {
    closing.removeEventListener('abort', leave)
  }
}

/** Resolves when the client has read what was written, or nobody waits for more. */
function readOn(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off('drain', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    response.on('drain', end)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

/** Most answers are there before anybody could leave: the signal is made for those who ask. */
function leavingOf(response: ServerResponse): { get(): AbortController } {
  let controller: AbortController | null = null
  return {
    get() {
      if (controller === null) {
        const made = new AbortController()
        controller = made
        if (response.destroyed) made.abort()
        else response.once('close', () => made.abort())
      }
      return controller
    },
  }
}

function cutOff(response: ServerResponse): void {
  const body = bodyOf(new SteadError('REQUEST_TOO_LARGE', { limit: '1 MiB' }))
  const { socket } = response
  response.writeHead(413, { 'Content-Type': JSON_TYPE, Connection: 'close' })
  // Closed at once, a socket with unread bytes would take the answer away from a client that sends.
  response.end(body, () => setTimeout(() => socket?.destroy(), LINGER).unref())
}
