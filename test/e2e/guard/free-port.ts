import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * The kernel gives ports from 32768 on to whoever connects to something (ip_local_port_range of
 * ip(7)), and one that is free now is somebody's a moment later. Below them nobody is given any.
 */
const [FIRST, BEHIND] = [10_000, 32_768]
/** Test files run beside each other, each in a process of its own: each begins elsewhere. */
const APART = 32

let next = 0

/** A port of the loopback address that nothing listens on, by TCP and by UDP, and no other test takes. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + ((process.pid * APART + next) % (BEHIND - FIRST))
    next += 1
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) return port
  }
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket('udp4')
    socket.once('error', () => done(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => done(true)))
  })
}
