import { connect, type Socket } from 'node:net'
import type { LineRecord } from '../../sinks/line-record.ts'
import { octetCounted } from '../../sinks/syslog-message.ts'
import type { SinkTransport } from './sink-transport.ts'

const CONNECT_WITHIN = 5_000
/** A receiver that takes nothing for so long is none. */
const TAKEN_WITHIN = 10_000
/** A server that accepts and closes has done so by then: nothing is written into its grave. */
const SETTLE = 50
/**
 * What was written so shortly before a connection broke may have been read by nobody: it is sent
 * again. Bounded in bytes as well.
 */
const DOUBTED_FOR = 1_000
const MOST_DOUBTED = 512 * 1024

export interface TcpTimes {
  readonly takenWithin: number
}

/** Octet-counted messages over a connection. TCP itself has no word for "read": see DOUBTED_FOR. */
export function tcpTransport(
  host: string,
  port: number,
  encode: (record: LineRecord) => readonly Buffer[],
  { takenWithin }: TcpTimes = { takenWithin: TAKEN_WITHIN },
): SinkTransport {
  let open: Connection | null = null
  let doubted: { at: number; bytes: Buffer }[] = []

  async function connection(): Promise<Connection> {
    if (open !== null && open.broken === null) return open
    const since = (open?.brokenAt ?? Number.POSITIVE_INFINITY) - DOUBTED_FOR
    doubted = doubted.filter(({ at }) => at >= since)
    open?.socket.destroy()
    open = null
    const made = connectionTo(host, port)
    try {
      await made.within('connect', CONNECT_WITHIN, `no connection within ${CONNECT_WITHIN} ms`)
      await new Promise((resolve) => setTimeout(resolve, SETTLE))
      // Where this process was held up meanwhile, what has come from there is read only now.
      await new Promise((resolve) => setImmediate(resolve))
      if (made.broken !== null) throw new Error(made.broken)
      for (const { bytes } of doubted) await write(made, bytes)
    } catch (error) {
      made.socket.destroy()
      throw error
    }
    open = made
    return made
  }

  function write(to: Connection, bytes: Buffer): Promise<void> {
    const done = to.within('taken', takenWithin, `the server takes nothing for ${takenWithin} ms`)
    to.socket.write(bytes, (error) => {
      if (error === null || error === undefined) to.socket.emit('taken')
    })
    return done
  }

  function doubt(bytes: Buffer): void {
    const now = performance.now()
    doubted = doubted.filter(({ at }) => now - at < DOUBTED_FOR)
    doubted.push({ at: now, bytes })
    let size = doubted.reduce((sum, one) => sum + one.bytes.length, 0)
    while (size > MOST_DOUBTED) size -= doubted.shift()?.bytes.length ?? 0
  }

  return {
    async send(batch) {
      try {
        const to = await connection()
        const bytes = Buffer.concat(
          batch.flatMap((record) => encode(record).map((message) => octetCounted(message))),
        )
        await write(to, bytes)
        doubt(bytes)
        return { kind: 'done' }
      } catch (error) {
        // What it has taken by halves is of no use to it: frames begin anew with a connection.
        open?.socket.destroy()
        const { code, message } = error as NodeJS.ErrnoException
        return { kind: 'later', why: code ?? message, after: null }
      }
    },
    close() {
      // What the kernel has, it sends.
      open?.socket.end()
      open?.socket.unref()
      open = null
    },
  }
}

interface Connection {
  readonly socket: Socket
  /** Why and when it broke. */
  broken: string | null
  brokenAt: number
  /** Resolves at an event of the socket, rejects when it breaks before or takes too long. */
  within(event: string, milliseconds: number, late: string): Promise<void>
}

function connectionTo(host: string, port: number): Connection {
  const socket = connect({ host, port })
  let waiting: ((error: Error | null) => void) | null = null
  const made: Connection = {
    socket,
    broken: null,
    brokenAt: 0,
    within(event, milliseconds, late) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => waiting?.(new Error(late)), milliseconds)
        const happened = (): void => waiting?.(null)
        waiting = (error) => {
          waiting = null
          clearTimeout(timer)
          socket.off(event, happened)
          if (error === null) resolve()
          else reject(error)
        }
        socket.once(event, happened)
        if (made.broken !== null) waiting(new Error(made.broken))
      })
    },
  }
  const broke = (why: string): void => {
    made.brokenAt ||= performance.now()
    made.broken ??= why
  }
  socket.on('error', (error: NodeJS.ErrnoException) => broke(error.code ?? error.message))
  socket.on('end', () => broke('the server closed the connection'))
  socket.on('close', () => {
    broke('the server closed the connection')
    waiting?.(new Error(made.broken as string))
  })
  // Nothing is expected from there; what comes is not kept.
  socket.resume()
  socket.setKeepAlive(true, 30_000)
  return made
}
