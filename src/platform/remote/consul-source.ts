import type { RemoteSource, RemoteText } from '../../model/ports/remote-source.ts'
import { type ConsulRemote, remoteName } from '../../model/remote-spec.ts'
import { askRemote } from './ask-remote.ts'
import { fittingPair } from './fitting-pair.ts'
import { keepWatching } from './keep-watching.ts'
import type { RemoteParts } from './remote-parts.ts'
import { remoteSecret } from './remote-secret.ts'
import {
  countIn,
  jsonIn,
  MAX_ANSWER,
  mapIn,
  type StoredKey,
  settingsText,
  signatureKey,
  signatureText,
} from './stored-keys.ts'

/** Seconds that the server waits for a change; it adds up to a sixteenth of that. */
const WAIT = 60

/** Keys of Consul, watched by blocking queries (X-Consul-Index, ?index=, ?wait=). */
export function consulSource(spec: ConsulRemote, parts: RemoteParts): RemoteSource {
  const { key, datacenter } = spec
  const isSigned = parts.fits !== undefined
  /** Of the last answer: what one waits for a change of. */
  let index = 0

  async function ask(blocking: boolean, signal: AbortSignal): Promise<RemoteText | null> {
    const url = new URL(spec.address)
    const path = key.name.split('/').map(encodeURIComponent).join('/')
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/kv/${path}`
    // All keys that begin so come as they were together, and what changes one of them ends the wait.
    if (key.prefix || isSigned) url.searchParams.set('recurse', 'true')
    if (datacenter !== null) url.searchParams.set('dc', datacenter)
    const waits = blocking && index > 0
    if (waits) {
      url.searchParams.set('index', String(index))
      url.searchParams.set('wait', `${WAIT}s`)
    }
    const secret = remoteSecret(spec.secret, parts.variables)
    const { status, headers, body } = await askRemote({
      method: 'GET',
      url,
      tls: spec.tls,
      headers: secret === null ? {} : { 'x-consul-token': secret },
      timeout: spec.timeout + (waits ? WAIT * 1_000 * (17 / 16) : 0),
      longest: MAX_ANSWER,
      signal,
    })
    if (status === 401 || status === 403) throw new Error(`it does not let us in (HTTP ${status})`)
    if (status !== 200 && status !== 404) throw new Error(`HTTP ${status}`)
    const now = countIn(headers['x-consul-index'], 'X-Consul-Index')
    // An index that goes backwards is begun anew, as Consul's documentation asks for.
    index = now < index ? 0 : now
    return status === 404 ? null : textOf(jsonIn(body.toString()), now)
  }

  function textOf(answer: unknown, now: number): RemoteText | null {
    if (!Array.isArray(answer)) throw new Error('its answer is not what Consul says')
    const all = answer.map((one: unknown) => entryIn(one))
    const found = key.prefix ? all : all.filter((one) => one.key === key.name)
    const said = settingsText(key, spec.format, found)
    if (said === null) return null
    if (isSigned) {
      const beside = all.find((one) => one.key === signatureKey(key))
      const order = Math.max(found[0]?.index ?? 0, beside?.index ?? 0)
      return { ...said, version: `index ${order}`, order, signature: signatureText(beside) }
    }
    const order = key.prefix ? now : (found[0]?.index ?? now)
    return { ...said, version: `index ${order}`, order }
  }

  function read(
    blocking: boolean,
    known: RemoteText | null,
    signal: AbortSignal,
  ): Promise<RemoteText | null> {
    const pair = (tries: number) => ask(blocking && tries === 0, signal)
    return fittingPair(pair, parts, { known, longest: spec.timeout / 2, signal })
  }

  return {
    name: remoteName(spec),
    read: (signal) => read(false, null, signal),
    watch: (from, told, lost) =>
      keepWatching(
        {
          ...parts,
          read: (signal) => read(false, null, signal),
          next: (known, signal) => read(true, known, signal),
        },
        from,
        told,
        lost,
      ),
  }
}

function entryIn(one: unknown): StoredKey & { readonly index: number } {
  const { Key, Value, ModifyIndex } = mapIn(one)
  if (typeof Key !== 'string' || (Value !== null && typeof Value !== 'string'))
    throw new Error('its answer is not what Consul says')
  const value = Buffer.from(Value ?? '', 'base64')
  return { key: Key, value, index: countIn(ModifyIndex, 'ModifyIndex') }
}
