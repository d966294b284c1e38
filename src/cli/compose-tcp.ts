/** The control API over TCP. Nothing of it is loaded where nobody asked for it. */
import { readFileSync } from 'node:fs'
import type { ControlTcpSpec, ControlTls } from '../model/control-tcp.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { TcpServer, TlsMaterial } from '../platform/control/serve-tcp.ts'
import type { Answers } from './compose-control.ts'

export interface ControlTcp {
  /** Listens as the configuration has it now; at once, and without waiting. */
  applied(spec: ControlTcpSpec | null): void
  close(): Promise<void>
}

export interface ControlTcpParts {
  readonly answers: Pick<Answers, 'handler' | 'allow'>
  readonly clock: Pick<Clock, 'monotonic'>
  readonly timers: Timers
  readonly tell: (text: string, severity: 4 | 6) => void
}

/** How soon a port that is taken, or a key that is not there, is tried again, in milliseconds. */
const AGAIN = 5_000
/** Of a request that goes on, and of one that waits. */
const LIMITS = { clients: 256 }

export function controlTcp({ answers, clock, timers, tell }: ControlTcpParts): ControlTcp {
  let current: ControlTcpSpec | null = null
  /** One change after the other. */
  let work: Promise<void> = Promise.resolve()
  let server: TcpServer | null = null
  let cancel = (): void => {}
  let closed = false
  /** What was said of a token that cannot be read: once, and not with every request. */
  const said = new Map<string, string>()

  async function change(spec: ControlTcpSpec | null): Promise<void> {
    await server?.close()
    server = null
    said.clear()
    if (spec !== null && !closed && spec === current) await open(spec, true)
  }

  async function open(spec: ControlTcpSpec, isFirst: boolean): Promise<void> {
    const { host, port, names, tls } = spec
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    try {
      const [{ serveTcp }, { tcpHandler }, { readTokenFile }] = await Promise.all([
        import('../platform/control/serve-tcp.ts'),
        import('../control/tcp-handler.ts'),
        import('../platform/control/token-file.ts'),
      ])
      const tokens = () =>
        spec.tokens.flatMap(({ name, file }) => {
          try {
            return [{ name, token: readTokenFile(file) }]
          } catch (error) {
            const { message } = error as Error
            if (said.get(name) !== message) tell(`the token ${name} is no use: ${message}`, 4)
            said.set(name, message)
            return []
          }
        })
      tokens()
      const now = (): number => clock.monotonic()
      server = await serveTcp({
        ...{ host, port, limits: LIMITS },
        handler: tcpHandler({ ...answers, names, tokens, now }),
        ...(tls === null ? {} : { tls: materialOf(tls) }),
      })
      tell(`it is controlled at ${tls === null ? 'http' : 'https'}://${where} too`, 6)
    } catch (error) {
      // Programs are kept, and the socket answers, all the same.
      const { message } = error as Error
      if (isFirst) tell(`it cannot be controlled at ${where} yet: ${message}`, 4)
      cancel = timers.after(AGAIN, () => {
        if (!closed && current === spec) work = work.then(() => open(spec, false))
      })
    }
  }

  function renew(tls: ControlTls): void {
    try {
      server?.renew(materialOf(tls))
    } catch (error) {
      tell(`its certificate stays as it was: ${(error as Error).message}`, 4)
    }
  }

  return {
    applied(spec) {
      if (JSON.stringify(spec) === JSON.stringify(current)) {
        // The files may have others in them by now.
        if (current?.tls != null) renew(current.tls)
        return
      }
      current = spec
      cancel()
      work = work.then(() => change(spec))
    },
    async close() {
      closed = true
      cancel()
      await work
      await server?.close()
    },
  }
}

function materialOf({ cert, key, clientCa }: ControlTls): TlsMaterial {
  const read = (path: string): string => readFileSync(path, 'utf8')
  return { cert: read(cert), key: read(key), clientCa: clientCa === null ? null : read(clientCa) }
}
