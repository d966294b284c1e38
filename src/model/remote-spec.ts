import type { Accepted } from './accepted.ts'
import type { RemoteText } from './ports/remote-source.ts'

/** Where a password or token is: the first of these that is said. None is ever in an address. */
export interface RemoteSecret {
  /** Absolute path of a file that its owner alone may read. */
  readonly file: string | null
  /** A variable of the environment of whoever asks. */
  readonly env: string | null
  /** A credential of systemd: LoadCredential= of systemd.exec(5). */
  readonly credential: string | null
}

/** PEM files, absolute. */
export interface RemoteTls {
  /** Who has signed the certificate of the other side; null for those whom node trusts. */
  readonly ca: string | null
  /** What is shown to the other side, with its key. */
  readonly cert: string | null
  readonly key: string | null
}

interface RemoteCommon {
  /** How a document is written. */
  readonly format: 'yaml' | 'json' | 'jsonc' | 'toml'
  readonly tls: RemoteTls
  /** Milliseconds that one answer may take, from the first byte that is sent to the last that comes. */
  readonly timeout: number
  /** Its changes are taken over as they happen. */
  readonly watch: boolean
  /** It may have nothing, and may be out of reach where nothing of it was ever kept. */
  readonly optional: boolean
  /** Which settings it may say: names from the outermost, `*` for any one; null for all. */
  readonly allow: readonly (readonly string[])[] | null
}

/** A document at an address. */
export interface HttpRemote extends RemoteCommon {
  readonly kind: 'http'
  readonly url: string
  /** With it the secret is a password (Basic), without it a token (Bearer). */
  readonly user: string | null
  readonly secret: RemoteSecret
  /** Milliseconds between two looks. */
  readonly poll: number
}

/** One key with a document, or all keys that begin so, each of which is one setting. */
export interface RemoteKey {
  readonly name: string
  readonly prefix: boolean
}

export interface EtcdRemote extends RemoteCommon {
  readonly kind: 'etcd'
  /** Members of one cluster, asked one after the other. */
  readonly endpoints: readonly string[]
  readonly key: RemoteKey
  readonly user: string | null
  readonly secret: RemoteSecret
}

export interface ConsulRemote extends RemoteCommon {
  readonly kind: 'consul'
  readonly address: string
  readonly key: RemoteKey
  readonly datacenter: string | null
  readonly secret: RemoteSecret
}

export type RemoteSpec = HttpRemote | EtcdRemote | ConsulRemote

/** What to call a source in messages; queries of addresses are left out. */
export function remoteName(spec: RemoteSpec): string {
  if (spec.kind === 'http') return plainAddress(spec.url)
  const from = spec.kind === 'etcd' ? spec.endpoints.map(plainAddress).join(',') : spec.address
  return `${spec.kind} ${from} ${spec.key.name}${spec.key.prefix ? '*' : ''}`
}

/** With this behind the path of a document, or its key, is its signature, as it is beside files. */
export const SIGNATURE_ENDING = '.sig'

/** Where the document of a source is in its store: the path of an address, or a key. */
export function remotePath(spec: RemoteSpec): string {
  if (spec.kind !== 'http') return spec.key.name
  const { pathname, hostname } = new URL(spec.url)
  if (pathname === '/') return hostname
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}

/** The same with the state of it that is meant: `etcd https://… /shop.yaml (revision 42)`. */
export function remoteOrigin(name: string, { version }: Pick<RemoteText, 'version'>): string {
  return `${name} (${version})`
}

function plainAddress(address: string): string {
  const { origin, pathname } = new URL(address)
  return `${origin}${pathname === '/' ? '' : pathname}`
}

/**
 * Why what a source says now is older than what was taken from it before; null where it is not, or where
 * the source does not count. A source that was put back from a backup counts backwards.
 */
export function remoteRegression(before: RemoteText | null, now: RemoteText | null): string | null {
  if (before === null || now === null || before.order === null || now.order === null) return null
  if (now.order >= before.order || now.text === before.text) return null
  return `it has gone back from ${before.version} to ${now.version}; stead apply takes it all the same`
}

/** What of a remote source is in a configuration that was read. */
export interface RemoteReading {
  readonly spec: RemoteSpec
  /** {@link remoteName} of it. */
  readonly name: string
  /** Null where it has nothing, or nothing of it was ever had. */
  readonly said: RemoteText | null
  /** When that was read from the source; null where it was kept with a version. */
  readonly readAt: string | null
  /** What its signature says, which was verified; null where none is asked for, and for what was kept. */
  readonly signed: Accepted | null
  /** Why the source could not be asked; null where it was not asked, or has answered. Without secrets. */
  readonly lost: string | null
  /** Why what it has answered is not used; null where it is. Without secrets. */
  readonly refused: string | null
}

/** Under which name a remote text is among the texts of a configuration; no file is called so. */
export function remoteSourceKey(name: string, { format }: Pick<RemoteText, 'format'>): string {
  return `remote:${format}:${name}`
}

/** The remote text among the texts of a configuration that was kept; null where it has none. */
export function remoteInSources(
  sources: Readonly<Record<string, string>>,
): { readonly name: string; readonly said: RemoteText } | null {
  for (const [key, text] of Object.entries(sources)) {
    const [, format, name] = /^remote:(yaml|json|jsonc|toml|pairs):(.*)$/s.exec(key) ?? []
    if (format === undefined || name === undefined) continue
    const said = { text, format: format as RemoteText['format'], version: 'kept', order: null }
    return { name, said }
  }
  return null
}

/** The texts of the files alone. */
export function withoutRemote(
  sources: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const files = Object.entries(sources).filter(([key]) => !key.startsWith('remote:'))
  return Object.fromEntries(files)
}

/** How a remote source of settings is, as status tells it. Times are ISO 8601. */
export interface RemoteFact {
  readonly source: string
  readonly state: 'up' | 'down'
  /** Since when it is so. */
  readonly since: string
  /** What of it is in the configuration that runs: `revision 42`; null for nothing. */
  readonly version: string | null
  /** When that was read from the source: older than `since` where a kept copy is used. */
  readonly readAt: string | null
  /** Why it is down, or what it says is not taken; without secrets. */
  readonly trouble: string | null
}
