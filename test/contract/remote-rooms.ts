import { createServer, type RequestListener, type Server } from 'node:http'
import type { RemoteSpec } from '../../src/model/remote-spec.ts'
import { systemClock } from '../../src/platform/clock.ts'
import type { RemoteParts } from '../../src/platform/remote/remote-parts.ts'
import { freePort } from '../e2e/guard/free-port.ts'

export const PARTS: RemoteParts = {
  clock: systemClock(),
  random: Math.random,
  variables: {},
}

/** For servers in this process, which have what was put there at once: pauses are a tenth as long. */
export const HURRIED: RemoteParts = {
  ...PARTS,
  clock: { ...PARTS.clock, sleep: (ms, signal) => PARTS.clock.sleep(ms / 10, signal) },
}

/** What is the same of every source in tests. */
export const COMMON = {
  format: 'yaml',
  tls: { ca: null, cert: null, key: null },
  timeout: 30_000,
  watch: true,
  optional: false,
  allow: null,
} as const satisfies Partial<RemoteSpec>

export const NO_SECRET = { file: null, env: null, credential: null } as const

export interface Listening {
  readonly port: number
  /** Ends every connection, and listens no more. */
  readonly stop: () => Promise<void>
  /** Listens on the same port again. */
  readonly start: () => Promise<void>
}

/** A server on the loopback that can go away and come back. */
export async function listening(handler: RequestListener): Promise<Listening> {
  let server: Server | null = null
  // Which stays free while it is away.
  const port = await freePort()
  const start = (): Promise<void> => {
    const made = createServer(handler)
    server = made
    return new Promise((done, fail) => {
      made.once('error', fail)
      made.listen(port, '127.0.0.1', () => done())
    })
  }
  const stop = async (): Promise<void> => {
    const old = server
    server = null
    if (old === null) return
    const closed = new Promise<void>((done) => old.close(() => done()))
    old.closeAllConnections()
    await closed
  }
  await start()
  return { port, start, stop }
}
