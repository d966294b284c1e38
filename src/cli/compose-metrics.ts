/** Metrics over TCP, for scrapers that know no unix sockets. Nothing of it is loaded where nobody asked for it. */
import { type MetricsSpec, sameMetrics } from '../model/metrics-spec.ts'
import type { GuardApi } from '../model/ports/guard-api.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { TcpServer } from '../platform/control/serve-tcp.ts'

export interface MetricsListener {
  /** Listens as the configuration has it now; at once, and without waiting. */
  applied(spec: MetricsSpec | null): void
  close(): Promise<void>
}

export interface MetricsListenerParts {
  readonly api: Pick<GuardApi, 'metrics'>
  readonly timers: Timers
  readonly tell: (text: string, severity: 4 | 6) => void
}

/** How soon a port that is taken is tried again, in milliseconds. */
const AGAIN = 5_000

export function metricsListener({ api, timers, tell }: MetricsListenerParts): MetricsListener {
  let current: MetricsSpec | null = null
  /** One change after the other. */
  let work: Promise<void> = Promise.resolve()
  let server: TcpServer | null = null
  let cancel = (): void => {}
  let closed = false

  async function change(spec: MetricsSpec | null): Promise<void> {
    await server?.close()
    server = null
    if (spec !== null && !closed && sameMetrics(spec, current)) await open(spec, true)
  }

  async function open(spec: MetricsSpec, isFirst: boolean): Promise<void> {
    const { host, port, tokenFile } = spec
    const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    try {
      const [{ serveTcp }, { readTokenFile }, { metricsHandler }] = await Promise.all([
        import('../platform/control/serve-tcp.ts'),
        import('../platform/control/token-file.ts'),
        import('../control/metrics-handler.ts'),
      ])
      // Read anew each time, so that it can be changed.
      const token = (): string | null => (tokenFile === null ? null : readTokenFile(tokenFile))
      token()
      const handler = metricsHandler({ api, token })
      server = await serveTcp({ host, port, handler })
      tell(`metrics are told at http://${where}/metrics`, 6)
    } catch (error) {
      // Programs are kept all the same.
      const { message } = error as Error
      if (isFirst) tell(`metrics cannot be told at ${where} yet: ${message}`, 4)
      cancel = timers.after(AGAIN, () => {
        if (!closed && current === spec) work = work.then(() => open(spec, false))
      })
    }
  }

  return {
    applied(spec) {
      if (sameMetrics(spec, current)) return
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
