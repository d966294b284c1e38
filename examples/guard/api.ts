/**
 * Counts its visitors in a database that speaks Redis' protocol: `GET /` says the how-manieth one is,
 * `GET /healthz` that this process works. PORT and DB_PORT are the ports.
 */
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { defineService, run } from 'stead'

const port = Number(process.env.PORT ?? 8080)
const database = Number(process.env.DB_PORT ?? 16_379)

const server = createServer((request, response) => {
  // Says nothing about the database: starting this anew would not mend that.
  if (request.url === '/healthz') return void response.end('ok\n')
  increment('hits').then(
    (hits) => response.end(`You are visitor ${hits}.\n`),
    (error: Error) => response.writeHead(503).end(`The database is away: ${error.message}\n`),
  )
})

await run(
  defineService({
    name: 'api',
    description: 'Counts its visitors',
    async start(context) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      })
      context.onStop(() => new Promise((closed) => server.close(closed)))
      context.onStop(() => server.closeIdleConnections())
      context.status(`http://127.0.0.1:${port}/`)
    },
  }),
)

/** `INCR key` in Redis' protocol (RESP): an array of texts there, `:NUMBER` back. */
function increment(key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect(database, '127.0.0.1')
    let answer = ''
    socket.setTimeout(2_000, () => socket.destroy(new Error('no answer within two seconds')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the connection was closed')))
    socket.on('data', (chunk) => {
      answer += chunk
      if (!answer.includes('\r\n')) return
      if (answer.startsWith(':')) resolve(Number.parseInt(answer.slice(1), 10))
      else reject(new Error(answer.trim()))
      socket.end()
    })
    socket.write(`*2\r\n$4\r\nINCR\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n`)
  })
}
