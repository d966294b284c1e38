import type { EtcdRemote } from '../../../src/model/remote-spec.ts'
import { etcdSource } from '../../../src/platform/remote/etcd-source.ts'
import { COMMON, NO_SECRET, PARTS } from '../../contract/remote-rooms.ts'
import { remoteSourceContract } from '../../contract/remote-source.ts'
import { signedRemoteSourceContract } from '../../contract/signed-remote-source.ts'
import { startEtcd } from './etcd.ts'

const KEY = '/stead/shop.yaml'

function specAt(endpoint: string): EtcdRemote {
  const key = { name: KEY, prefix: false }
  return { ...COMMON, kind: 'etcd', endpoints: [endpoint], key, user: null, secret: NO_SECRET }
}

remoteSourceContract('a key of a real etcd', { counts: true }, async () => {
  const etcd = await startEtcd()
  return {
    source: etcdSource(specAt(etcd.endpoint), PARTS),
    put: (text) => etcd.put(KEY, text),
    remove: () => etcd.remove(KEY),
    lose: etcd.kill,
    find: () => etcd.start(),
    close: etcd.close,
  }
})

signedRemoteSourceContract('two keys of a real etcd', async () => {
  const etcd = await startEtcd()
  const put = (key: string) => (text: string | null) =>
    text === null ? etcd.remove(key) : etcd.put(key, text)
  return {
    open: (fits) => etcdSource(specAt(etcd.endpoint), { ...PARTS, fits }),
    put: put(KEY),
    sign: put(`${KEY}.sig`),
    close: etcd.close,
  }
})
