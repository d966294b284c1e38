import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import type { LineRecord } from '../../sinks/line-record.ts'
import type { SinkTransport } from './sink-transport.ts'

/** In which a host that has no such port says so (ICMP port unreachable), on a near network. */
const REFUSED_WITHIN = 20

/**
 * Datagrams to one address. The socket is connected, so that the kernel tells when nobody is there
 * (udp(7)); everything else that is lost on the way nobody knows of.
 */
export function udpTransport(
  host: string,
  port: number,
  encode: (record: LineRecord) => readonly Buffer[],
): SinkTransport {
  let socket: Socket | null = null
  let failure: NodeJS.ErrnoException | null = null

  async function open(): Promise<Socket> {
    // Anew after a failure: the name may be another address by now.
    const { address } = await lookup(host)
    const made = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    made.on('error', (error) => {
      failure = error
    })
    made.unref()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    made.once('error', reject)
    made.connect(port, address, resolve)
    await promise
    return made
  }

  function drop(): void {
    socket?.close()
    socket = null
    failure = null
  }

  return {
    async send(batch) {
      try {
        socket ??= await open()
        failure = null
        for (const record of batch) {
          for (const message of encode(record)) await sendOne(socket, message)
        }
        await new Promise((resolve) => setTimeout(resolve, REFUSED_WITHIN))
        if (failure !== null) throw failure as Error
        return { kind: 'done' }
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        drop()
        return { kind: 'later', why: code ?? message, after: null }
      }
    },
    close: drop,
  }
}

function sendOne(socket: Socket, message: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}
