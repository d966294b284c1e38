import type { ConsulRemote } from '../../src/model/remote-spec.ts'
import { consulSource } from '../../src/platform/remote/consul-source.ts'
import { fakeConsul } from '../fakes/consul.ts'
import { COMMON, HURRIED, NO_SECRET, PARTS } from './remote-rooms.ts'
import { remoteSourceContract } from './remote-source.ts'
import { signedRemoteSourceContract } from './signed-remote-source.ts'

const KEY = 'stead/shop.yaml'

function specAt(port: number): ConsulRemote {
  const key = { name: KEY, prefix: false }
  const address = `http://127.0.0.1:${port}`
  return { ...COMMON, kind: 'consul', address, key, datacenter: null, secret: NO_SECRET }
}

remoteSourceContract('a key of a Consul that is a fake', { counts: true }, async () => {
  const consul = await fakeConsul()
  return {
    source: consulSource(specAt(consul.port), PARTS),
    put: async (text) => consul.put(KEY, text),
    remove: async () => consul.remove(KEY),
    lose: consul.stop,
    find: consul.start,
    close: consul.stop,
  }
})

signedRemoteSourceContract('two keys of a Consul that is a fake', async () => {
  const consul = await fakeConsul()
  const put = (key: string) => async (text: string | null) =>
    text === null ? consul.remove(key) : consul.put(key, text)
  // It begins as the key of the document does, and is none of the two.
  consul.put(`${KEY}.bak`, 'a: 0')
  return {
    open: (fits) => consulSource(specAt(consul.port), { ...HURRIED, fits }),
    put: put(KEY),
    sign: put(`${KEY}.sig`),
    close: consul.stop,
  }
})
