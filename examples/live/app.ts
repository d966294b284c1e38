/**
 * A web server whose port and log level change while it runs: both in its configuration file, the log
 * level also by `stead set`. Another port is listened on before the old one is let go, and what is
 * being answered there is answered to its end.
 */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { defineService, run } from 'stead'
import * as z from 'zod'

const LEVELS = ['debug', 'info', 'warning'] as const

const config = z.object({
  port: z.number().int().min(0).max(65_535).default(8080),
  logLevel: z.enum(LEVELS).default('info'),
})

await run(
  defineService({
    name: 'live',
    displayName: 'Live',
    description: 'Changes its port and its log level while it runs',
    config,
    watchConfig: true,
    parameters: {
      logLevel: {
        type: 'enum',
        values: ['configured', ...LEVELS],
        default: 'configured',
        description: 'what is logged, whatever the configuration says',
      },
    },

    async start(context) {
      const level = (): (typeof LEVELS)[number] => {
        const { logLevel } = context.parameters
        return logLevel === 'configured' ? context.config.logLevel : logLevel
      }
      const log = (of: (typeof LEVELS)[number], text: string): void => {
        if (LEVELS.indexOf(of) >= LEVELS.indexOf(level())) context.logger[of](text)
      }

      async function listen(port: number): Promise<Server> {
        const server = createServer((request, response) => {
          const port = portOf(server)
          log('debug', `${request.method} ${request.url}`)
          response.setHeader('content-type', 'application/json')
          const answer = (): void => {
            response.end(`${JSON.stringify({ port, level: level() })}\n`)
          }
          // A request that takes its time: /?wait=1000
          const wait = Number(new URL(request.url ?? '/', 'http://live').searchParams.get('wait'))
          if (wait > 0) setTimeout(answer, Math.min(wait, 10_000))
          else answer()
        })
        server.listen(port, '127.0.0.1')
        // A port that is taken is an error here, and whoever asked for it is refused.
        await once(server, 'listening')
        return server
      }

      /** New connections are refused at once; those that wait for an answer get it. */
      function letGo(server: Server): void {
        const port = portOf(server)
        server.close(() => log('info', `let go of port ${port}`))
        server.closeIdleConnections()
      }

      let server = await listen(context.config.port)
      context.onConfig(async ({ old, config }) => {
        if (config.port === old.port) return
        const before = server
        server = await listen(config.port)
        letGo(before)
        tell()
      })
      context.onParameter(({ parameters }) => {
        context.logger.notice(`log level: ${parameters.logLevel}`)
      })
      const tell = (): void => context.status(`http://127.0.0.1:${portOf(server)}/`)
      tell()
      context.onStop(() => letGo(server))
    },
  }),
)

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
