import { etcdSource } from '../../../src/platform/remote/etcd-source.ts'
import { COMMON, NO_SECRET, PARTS } from '../../contract/remote-rooms.ts'
import { remoteSourceContract } from '../../contract/remote-source.ts'
import { startEtcd } from './etcd.ts'

remoteSourceContract('a key of a real etcd', { counts: true }, async () => {
  const etcd = await startEtcd()
  const key = { name: '/stead/shop.yaml', prefix: false }
  const spec = { ...COMMON, kind: 'etcd', endpoints: [etcd.endpoint], key } as const
  return {
    source: etcdSource({ ...spec, user: null, secret: NO_SECRET }, PARTS),
    put: (text) => etcd.put(key.name, text),
    remove: () => etcd.remove(key.name),
    lose: etcd.kill,
    find: () => etcd.start(),
    close: etcd.close,
  }
})
