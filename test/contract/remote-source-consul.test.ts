import { consulSource } from '../../src/platform/remote/consul-source.ts'
import { fakeConsul } from '../fakes/consul.ts'
import { COMMON, NO_SECRET, PARTS } from './remote-rooms.ts'
import { remoteSourceContract } from './remote-source.ts'

remoteSourceContract('a key of a Consul that is a fake', { counts: true }, async () => {
  const consul = await fakeConsul()
  const address = `http://127.0.0.1:${consul.port}`
  const key = { name: 'stead/shop.yaml', prefix: false }
  const spec = {
    ...COMMON,
    kind: 'consul',
    address,
    key,
    datacenter: null,
    secret: NO_SECRET,
  } as const
  return {
    source: consulSource(spec, PARTS),
    put: async (text) => consul.put(key.name, text),
    remove: async () => consul.remove(key.name),
    lose: consul.stop,
    find: consul.start,
    close: consul.stop,
  }
})
