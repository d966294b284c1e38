import { SteadError } from '../errors.ts'
import type { RemoteSpec } from '../model/remote-spec.ts'
import { remoteOf, remoteSchema } from './remote-schema.ts'

/** The variable with a token for the source that `--remote` or STEAD_REMOTE names by an address. */
export const TOKEN_VARIABLE = 'STEAD_REMOTE_TOKEN'

/**
 * The source at an address: `https://…/shop.yaml`, `etcd+https://HOST:2379/KEY`,
 * `consul+https://HOST:8500/KEY`. A key that ends in `/` is a prefix.
 *
 * @param token whether there is a token in {@link TOKEN_VARIABLE}
 * @throws USAGE in words; what is behind an "@" or a "?" is never in them
 */
export function remoteAtAddress(
  text: string,
  token: boolean,
  allow: RemoteSpec['allow'],
): RemoteSpec {
  const [, store, address = ''] = /^(?:(etcd|consul)\+)?(https?:\/\/.*)$/s.exec(text) ?? []
  const secret = token ? { tokenEnv: TOKEN_VARIABLE } : {}
  const settings = settingsOf(store, address, secret)
  const parsed = remoteSchema.safeParse(settings)
  if (parsed.success) return remoteOf(parsed.data, '/', allow)
  const problem = parsed.error.issues.map(({ message }) => message)[0]
  throw new SteadError('USAGE', { problem: `the address of the remote source: ${problem}` })
}

function settingsOf(store: string | undefined, address: string, secret: object): unknown {
  if (!URL.canParse(address)) return { http: { url: address } }
  if (store === undefined) return { http: { url: address, ...secret } }
  const url = new URL(address)
  const at = decodeURIComponent(store === 'etcd' ? url.pathname : url.pathname.slice(1))
  url.pathname = '/'
  const key = at.endsWith('/') ? { prefix: at } : { key: at }
  return store === 'etcd'
    ? { etcd: { endpoints: [url.href], ...key } }
    : { consul: { address: url.href, ...key, ...secret } }
}
