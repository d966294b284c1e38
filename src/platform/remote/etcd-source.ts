import type { RemoteSource, RemoteText } from '../../model/ports/remote-source.ts'
import { type EtcdRemote, remoteName } from '../../model/remote-spec.ts'
import { etcdCalls } from './etcd-calls.ts'
import { fittingPair } from './fitting-pair.ts'
import { keepWatching } from './keep-watching.ts'
import type { RemoteParts } from './remote-parts.ts'
import {
  countIn,
  MAX_KEYS,
  mapIn,
  type StoredKey,
  settingsText,
  signatureKey,
  signatureText,
} from './stored-keys.ts'

/** After so long without a word it is read anew: a watch may be lost where nobody tells of it. */
const LONGEST_SILENCE = 5 * 60_000

/**
 * Keys of etcd 3, through its JSON gateway (/v3/kv/range, /v3/watch). A watch says only that there is
 * something new; it is read then, so that a lost event, a compaction and a restart are all the same.
 */
export function etcdSource(spec: EtcdRemote, parts: RemoteParts): RemoteSource {
  const { key } = spec
  const calls = etcdCalls(spec, parts)
  const range = {
    key: base64(Buffer.from(key.name)),
    ...(key.prefix ? { range_end: base64(endOf(Buffer.from(key.name))) } : {}),
  }
  const beside = { key: base64(Buffer.from(signatureKey(key))) }
  /** Of the whole store, when it was read last. */
  let revision = 0

  /** What is watched. */
  const ranges = parts.fits === undefined ? [range] : [range, beside]

  async function once(signal: AbortSignal): Promise<RemoteText | null> {
    const answer = await calls.ask('/v3/kv/range', { ...range, limit: MAX_KEYS + 1 }, signal)
    revision = revisionOf(answer)
    const found = entriesIn(answer)
    const said = settingsText(key, spec.format, found)
    if (said === null) return null
    // With a prefix a key that is gone has left no number of its own.
    const order = key.prefix ? revision : (found[0]?.revision ?? revision)
    return { ...said, version: `revision ${order}`, order }
  }

  /** A document and its signature as they were together, at one revision. */
  async function pair(signal: AbortSignal): Promise<RemoteText | null> {
    const success = ranges.map((request_range) => ({ request_range }))
    const answer = await calls.ask('/v3/kv/txn', { success }, signal)
    revision = revisionOf(answer)
    const { responses } = answer
    if (!Array.isArray(responses) || responses.length !== 2) throw new Error(NONSENSE)
    const [found = [], signatures = []] = responses.map((one: unknown) =>
      entriesIn(mapIn(mapIn(one).response_range)),
    )
    const said = settingsText(key, spec.format, found)
    if (said === null) return null
    const order = Math.max(...[...found, ...signatures].map((one) => one.revision))
    const signature = signatureText(signatures[0])
    return { ...said, version: `revision ${order}`, order, signature }
  }

  function read(signal: AbortSignal, known: RemoteText | null = null): Promise<RemoteText | null> {
    if (parts.fits === undefined) return once(signal)
    return fittingPair(() => pair(signal), parts, { known, longest: spec.timeout / 2, signal })
  }

  /** Resolves when something has changed since the last read, or nobody knows. */
  async function change(signal: AbortSignal): Promise<void> {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), LONGEST_SILENCE)
    const both = AbortSignal.any([signal, silence.signal])
    try {
      const start_revision = String(revision + 1)
      const requests = ranges.map((one) => ({ create_request: { ...one, start_revision } }))
      for await (const { events, canceled, compact_revision } of calls.watch(requests, both)) {
        if (Array.isArray(events) && events.length > 0) return
        // The revision is not kept any more: what is there now is read.
        if (canceled === true && compact_revision !== undefined) return
        if (canceled === true) throw new Error('it does not let us watch')
      }
      throw new Error('it has ended the watch')
    } catch (error) {
      signal.throwIfAborted()
      if (!silence.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    name: remoteName(spec),
    read: (signal) => read(signal),
    watch: (from, told, lost) =>
      keepWatching(
        {
          ...parts,
          read: (signal) => read(signal),
          async next(known, signal) {
            await change(signal)
            return read(signal, known)
          },
        },
        from,
        told,
        lost,
      ),
  }
}

const NONSENSE = 'its answer is not what etcd says'

interface Entry extends StoredKey {
  readonly revision: number
}

/** Of the whole store. */
function revisionOf(answer: Readonly<Record<string, unknown>>): number {
  return countIn(mapIn(answer.header).revision, 'revision')
}

function entriesIn({ kvs = [] }: Readonly<Record<string, unknown>>): Entry[] {
  if (!Array.isArray(kvs)) throw new Error(NONSENSE)
  return kvs.map((one: unknown) => entryIn(one))
}

function entryIn(one: unknown): Entry {
  const { key, value = '', mod_revision: revision } = mapIn(one)
  if (typeof key !== 'string' || typeof value !== 'string') throw new Error(NONSENSE)
  return {
    key: Buffer.from(key, 'base64').toString(),
    value: Buffer.from(value, 'base64'),
    revision: countIn(revision, 'mod_revision'),
  }
}

/** The first key behind all that begin so: the last byte that can be is one more. */
function endOf(prefix: Buffer): Buffer {
  const last = prefix.findLastIndex((byte) => byte < 0xff)
  // Behind nothing but 0xff is everything: etcd says that by one zero byte.
  if (last === -1) return Buffer.from([0])
  const end = Buffer.from(prefix.subarray(0, last + 1))
  end[last] = (prefix[last] as number) + 1
  return end
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64')
}
