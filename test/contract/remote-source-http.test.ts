import { createHash } from 'node:crypto'
import { httpSource } from '../../src/platform/remote/http-source.ts'
import type { RemoteParts } from '../../src/platform/remote/remote-parts.ts'
import { COMMON, HURRIED, listening, NO_SECRET, PARTS } from './remote-rooms.ts'
import { remoteSourceContract } from './remote-source.ts'
import { signedRemoteSourceContract } from './signed-remote-source.ts'

for (const tagged of [true, false]) {
  const name = `an HTTP server ${tagged ? 'with' : 'without'} ETags`
  remoteSourceContract(name, { counts: false }, async () => {
    const { put, open, server } = await documents(tagged)
    return {
      source: open(PARTS),
      put: (text) => put('/shop.yaml', text),
      remove: () => put('/shop.yaml', null),
      lose: server.stop,
      find: server.start,
      close: server.stop,
    }
  })

  signedRemoteSourceContract(`${name} that has signatures`, async () => {
    const { put, open, server } = await documents(tagged)
    return {
      open: (fits) => open({ ...HURRIED, fits }),
      put: (text) => put('/shop.yaml', text),
      sign: (text) => put('/shop.yaml.sig', text),
      close: server.stop,
    }
  })
}

/** A server of texts by their paths. */
async function documents(tagged: boolean) {
  const texts = new Map<string, string>()
  const server = await listening((request, response) => {
    const now = texts.get(request.url ?? '')
    if (now === undefined) return void response.writeHead(404).end()
    if (!tagged) return void response.end(now)
    const etag = `"${createHash('sha256').update(now).digest('hex')}"`
    response.setHeader('ETag', etag)
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
    response.end(now)
  })
  const url = `http://127.0.0.1:${server.port}/shop.yaml`
  const spec = { ...COMMON, kind: 'http', url, user: null, secret: NO_SECRET, poll: 50 } as const
  return {
    server,
    open: (parts: RemoteParts) => httpSource(spec, parts),
    put: async (path: string, text: string | null): Promise<void> => {
      if (text === null) texts.delete(path)
      else texts.set(path, text)
    },
  }
}
