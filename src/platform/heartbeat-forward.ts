import type { ClientRequest } from 'node:http'

const TIMEOUT = 2_000

export interface HeartbeatForward {
  /**
   * Tells a monitor elsewhere of a beat: `POST {"service": NAME, "ts": MILLISECONDS}`, `ts` being
   * milliseconds since 1970. At most one request per service is under way; of the beats meanwhile the
   * newest is sent next. Never throws, and keeps no process alive.
   */
  send(service: string, url: string, at: Date): void
  /** How many could not be told: refused, not within two seconds, not answered with 2xx. */
  failures(service: string): number
  close(): void
}

interface Line {
  next: { url: string; at: Date } | null
  current: ClientRequest | null
  failures: number
}

/** Forwards heartbeats over HTTP or HTTPS, 2 s each at most. */
export function heartbeatForward(): HeartbeatForward {
  const lines = new Map<string, Line>()
  let closed = false

  function go(service: string, line: Line): void {
    const { next } = line
    if (next === null || line.current !== null || closed) return
    line.next = null
    let over = false
    const end = (ok: boolean): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      if (!ok) line.failures += 1
      line.current?.destroy()
      line.current = null
      go(service, line)
    }
    const timer = setTimeout(() => end(false), TIMEOUT).unref()
    try {
      const request = post(next.url, JSON.stringify({ service, ts: next.at.getTime() }))
      line.current = request
      request.on('socket', (socket) => socket.unref())
      request.on('error', () => end(false))
      request.on('response', ({ statusCode = 0 }) => end(statusCode >= 200 && statusCode < 300))
    } catch {
      // Not an address at all; the next beat tries it again, in case it was changed.
      clearTimeout(timer)
      line.failures += 1
    }
  }

  return {
    send(service, url, at) {
      const line = lines.get(service) ?? { next: null, current: null, failures: 0 }
      lines.set(service, line)
      line.next = { url, at }
      go(service, line)
    },
    failures: (service) => lines.get(service)?.failures ?? 0,
    close() {
      closed = true
      for (const { current } of lines.values()) current?.destroy()
    },
  }
}

function post(url: string, body: string): ClientRequest {
  const client = process.getBuiltinModule(
    new URL(url).protocol === 'https:' ? 'node:https' : 'node:http',
  )
  const request = client.request(url, {
    method: 'POST',
    agent: false,
    headers: {
      connection: 'close',
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    },
  })
  request.end(body)
  return request
}
