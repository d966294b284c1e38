import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** Clients at a time; more are refused. */
  readonly clients: number
  /** Milliseconds for a request to arrive whole, from its first byte on. */
  readonly request: number
  /** Milliseconds that a connection may stay without a request. */
  readonly idle: number
  /** Milliseconds without a byte taken of an answer that waits to be read. */
  readonly unread: number
  /** As `unread`, for an answer that goes on: a pager may stand still for long. */
  readonly paused: number
}

interface Facts {
  /** Requests that are whole and not answered to the end. */
  answering: number
  /** An answer that goes on. */
  streaming: boolean
  /** Bytes read when the last request was whole. */
  consumed: number
  /** Since when it is in the condition `state`. */
  since: number
  state: 'idle' | 'sending' | 'answering' | 'unread'
  written: number
  /** It is to end with its present answer. */
  last: boolean
}

/**
 * The connections of a server and what they may not do: send a request byte by byte, say nothing, read
 * nothing. One timer looks at them while there are any, and none runs while there are none. What a
 * socket has read and written are counters of the system's own loop, so that looking costs nothing.
 */
export function connections(limits: ConnectionLimits) {
  const all = new Map<Socket, Facts>()
  const period = Math.min(limits.request, limits.idle, limits.unread, limits.paused, 8_000) / 4
  let timer: NodeJS.Timeout | null = null

  function look(): void {
    const now = performance.now()
    for (const [socket, facts] of all) {
      const state = stateOf(socket, facts)
      const moved =
        state === 'unread' && socket.bytesWritten - socket.writableLength !== facts.written
      if (state !== facts.state || moved) {
        facts.state = state
        facts.since = now
        facts.written = socket.bytesWritten - socket.writableLength
      } else if (now - facts.since > allowed(facts)) cut(socket, facts)
    }
  }

  function stateOf(socket: Socket, facts: Facts): Facts['state'] {
    if (socket.writableLength > 0) return 'unread'
    if (facts.answering > 0) return 'answering'
    return socket.bytesRead > facts.consumed ? 'sending' : 'idle'
  }

  function allowed({ state, streaming }: Facts): number {
    switch (state) {
      case 'idle':
        return limits.idle
      case 'sending':
        return limits.request
      case 'unread':
        return streaming ? limits.paused : limits.unread
      case 'answering':
        return Number.POSITIVE_INFINITY
    }
  }

  function cut(socket: Socket, { state }: Facts): void {
    if (state === 'sending') {
      socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    }
    socket.destroySoon()
    if (state === 'unread') socket.destroy()
  }

  return {
    get size() {
      return all.size
    },
    add(socket: Socket): void {
      const since = performance.now()
      all.set(socket, {
        answering: 0,
        streaming: false,
        consumed: 0,
        since,
        state: 'idle',
        written: 0,
        last: false,
      })
      timer ??= setInterval(look, period)
      timer.unref()
      socket.once('close', () => {
        all.delete(socket)
        if (all.size > 0 || timer === null) return
        clearInterval(timer)
        timer = null
      })
    },
    /** A request has arrived whole; returns what is called when it is answered to the end. */
    began(socket: Socket): () => void {
      const facts = all.get(socket)
      if (facts === undefined) return () => {}
      facts.answering += 1
      facts.consumed = socket.bytesRead
      // What is on its way at the next look is another request, with a time of its own.
      facts.state = 'answering'
      return () => {
        facts.answering -= 1
        facts.streaming = false
        if (facts.last && facts.answering === 0) socket.destroySoon()
      }
    },
    streams(socket: Socket): void {
      const facts = all.get(socket)
      if (facts !== undefined) facts.streaming = true
    },
    /** Ends those that wait for nothing; the others when they have their answer. */
    finish(): void {
      for (const [socket, facts] of all) {
        if (facts.answering === 0) socket.destroySoon()
        else facts.last = true
      }
    },
    destroyAll(): void {
      for (const socket of all.keys()) socket.destroy()
    },
  }
}
