/**
 * The service that is measured: an HTTP server that is ready when it listens, and then writes its pid to
 * the file it is given. `native` as a service of stead, `plain` as any Node program.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [kind, ready] = process.argv.slice(2)

async function listen() {
  const server = createServer((_, response) => response.end('ok'))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  writeFileSync(`${ready}.new`, String(process.pid))
  renameSync(`${ready}.new`, ready)
  return server
}

if (kind === 'native') {
  const { defineService, run } = await import('../../../dist/index.js')
  const service = defineService({
    name: 'bench-native',
    async start(context) {
      const server = await listen()
      context.onStop(() => new Promise((resolve) => server.close(resolve)))
    },
  })
  await run(service)
} else {
  await listen()
}
