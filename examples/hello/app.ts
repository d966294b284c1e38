/**
 * Hello over HTTP, as a service: `GET /` greets, `GET /healthz` tells how it is. Paused, it answers 503;
 * a reload reads the greeting again. PORT is the port, GREETING or the file named at installation
 * (`--config`) the greeting.
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { defineService, run, type ServiceContext } from 'stead'

let greeting = 'Hello'
let paused = false
let served = 0

const server = createServer((request, response) => {
  if (paused) return void response.writeHead(503, { 'retry-after': '10' }).end('paused\n')
  if (request.url === '/healthz') {
    response.setHeader('content-type', 'application/json')
    return void response.end(`${JSON.stringify({ ok: true, served, uptime: process.uptime() })}\n`)
  }
  served += 1
  response.end(`${greeting}\n`)
})

await run(
  defineService({
    name: 'hello',
    displayName: 'Hello',
    description: 'Says hello over HTTP',
    async start(context) {
      await readGreeting(context)
      const port = Number(process.env.PORT ?? 8080)
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      context.onStop(() => new Promise((closed) => server.close(closed)))
      context.onStop(() => server.closeIdleConnections())
      const address = server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      context.status(`http://127.0.0.1:${actual}/ and /healthz`)
    },
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
    },
    reload: readGreeting,
  }),
)

async function readGreeting(context: ServiceContext): Promise<void> {
  const { configFile } = context
  greeting =
    configFile === null
      ? (process.env.GREETING ?? 'Hello')
      : (await readFile(configFile, 'utf8')).trim()
  context.logger.info('greeting read', { greeting })
}
