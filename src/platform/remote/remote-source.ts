import type { RemoteSource } from '../../model/ports/remote-source.ts'
import type { RemoteSpec } from '../../model/remote-spec.ts'
import type { RemoteParts } from './remote-parts.ts'

/** The source of a kind; what the others need is not loaded. */
export async function remoteSource(spec: RemoteSpec, parts: RemoteParts): Promise<RemoteSource> {
  switch (spec.kind) {
    case 'http':
      return (await import('./http-source.ts')).httpSource(spec, parts)
    case 'etcd':
      return (await import('./etcd-source.ts')).etcdSource(spec, parts)
    case 'consul':
      return (await import('./consul-source.ts')).consulSource(spec, parts)
  }
}
