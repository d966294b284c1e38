import { createHash } from 'node:crypto'
import { httpSource } from '../../src/platform/remote/http-source.ts'
import { COMMON, listening, NO_SECRET, PARTS } from './remote-rooms.ts'
import { remoteSourceContract } from './remote-source.ts'

for (const tagged of [true, false]) {
  const name = `an HTTP server ${tagged ? 'with' : 'without'} ETags`
  remoteSourceContract(name, { counts: false }, async () => {
    let now: string | null = null
    const server = await listening((request, response) => {
      if (now === null) return void response.writeHead(404).end()
      const etag = `"${createHash('sha256').update(now).digest('hex')}"`
      if (!tagged) return void response.end(now)
      response.setHeader('ETag', etag)
      if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
      response.end(now)
    })
    const url = `http://127.0.0.1:${server.port}/shop.yaml`
    const spec = { ...COMMON, kind: 'http', url, user: null, secret: NO_SECRET, poll: 50 } as const
    return {
      source: httpSource(spec, PARTS),
      async put(text) {
        now = text
      },
      async remove() {
        now = null
      },
      lose: server.stop,
      find: server.start,
      close: server.stop,
    }
  })
}
