/** Signatures of what remote sources say: that of a document lies beside it. */
import { SteadError } from '../errors.ts'
import type { Accepted } from '../model/accepted.ts'
import type { RemoteSource, RemoteText } from '../model/ports/remote-source.ts'
import {
  type RemoteSpec,
  remoteName,
  remoteOrigin,
  remotePath,
  SIGNATURE_ENDING,
} from '../model/remote-spec.ts'
import { systemClock } from '../platform/clock.ts'
import { isSignatureOf, namesIn, verifyFiles } from '../secrets/signature.ts'
import { trustedKeys } from './signing-keys.ts'

/** What a remote source is believed by. */
export interface RemoteTrust {
  /** The file of the public keys, read each time. */
  readonly keys: string
  /** What was accepted last, by the names of sources. */
  readonly before: Readonly<Record<string, Accepted>>
}

/** Opens a source; with signatures, each document comes with what stands beside it. */
export async function openRemote(
  spec: RemoteSpec,
  isSigned: boolean,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<RemoteSource> {
  const { remoteSource } = await import('../platform/remote/remote-source.ts')
  const fits = (text: string, signature: string): boolean =>
    isSignatureOf(signature, Buffer.from(text))
  const parts = { clock: systemClock(), random: Math.random, variables }
  return remoteSource(spec, isSigned ? { ...parts, fits } : parts)
}

/** Settings that stand one by one have no text that somebody could sign. @throws SIGNATURE_REFUSED */
export function refuseUnsignable(spec: RemoteSpec): void {
  if (spec.kind === 'http' || !spec.key.prefix) return
  throw new SteadError('SIGNATURE_REFUSED', {
    file: remoteName(spec),
    reason:
      'settings below a prefix cannot be signed: put them into one document, and name its key instead of a prefix',
  })
}

/** @throws SIGNATURE_REFUSED, KEY_UNUSABLE */
export function verifiedRemote(
  spec: RemoteSpec,
  said: RemoteText,
  { keys, before }: RemoteTrust,
): Accepted {
  const name = remoteName(spec)
  const { text, signature = null } = said
  const accepted = verifyFiles({
    text: signature,
    files: [{ name: nameAs(remotePath(spec), signature), bytes: Buffer.from(text) }],
    keys: trustedKeys(keys),
    before: before[name] ?? null,
  })
  if (!('problem' in accepted)) return accepted
  throw new SteadError('SIGNATURE_REFUSED', {
    file: remoteOrigin(name, said),
    reason: accepted.problem,
    document: nameAs(remotePath(spec), null),
    put: howToPut(spec),
  })
}

/** Having nothing cannot be signed: believed as long as nothing was accepted. In words; null where it is. */
export function nothingIsRefused(spec: RemoteSpec, trust: RemoteTrust | null): string | null {
  if (trust?.before[remoteName(spec)] === undefined) return null
  return 'it has nothing any more, which nobody can have signed; a document "{}" has no settings'
}

/**
 * The name that a document has to be signed by: the last of its path, or as much more of that as was
 * signed, so that one cannot be put in the place of another.
 */
function nameAs(path: string, signature: string | null): string {
  const trimmed = path.replace(/\/+$/, '')
  const [signed, ...more] = signature === null ? [] : namesIn(signature)
  const isEnd = signed !== undefined && `/${trimmed.replace(/^\//, '')}`.endsWith(`/${signed}`)
  if (isEnd && more.length === 0) return signed
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

/** What brings a document and its signature to where they are read. */
function howToPut(spec: RemoteSpec): string {
  const path = remotePath(spec)
  const file = nameAs(path, null)
  const both = [file, `${file}${SIGNATURE_ENDING}`]
  if (spec.kind === 'http') return `upload ${both.join(' and ')}`
  const put = both.map((one, index) => {
    const key = index === 0 ? path : `${path}${SIGNATURE_ENDING}`
    return spec.kind === 'etcd' ? `etcdctl put ${key} < ${one}` : `consul kv put ${key} @${one}`
  })
  return put.join(' && ')
}
