import type { RemoteSource, RemoteText } from '../../model/ports/remote-source.ts'
import { type EtcdRemote, remoteName } from '../../model/remote-spec.ts'
import { etcdCalls } from './etcd-calls.ts'
import { keepWatching } from './keep-watching.ts'
import type { RemoteParts } from './remote-parts.ts'
import { countIn, MAX_KEYS, mapIn, type StoredKey, settingsText } from './stored-keys.ts'

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
  /** Of the whole store, when it was read last. */
  let revision = 0

  async function read(signal: AbortSignal): Promise<RemoteText | null> {
    const answer = await calls.ask('/v3/kv/range', { ...range, limit: MAX_KEYS + 1 }, signal)
    const { revision: whole } = mapIn(answer.header)
    revision = countIn(whole, 'revision')
    const kvs = answer.kvs ?? []
    if (!Array.isArray(kvs)) throw new Error('its answer is not what etcd says')
    const found = kvs.map((one: unknown) => entryIn(one))
    const said = settingsText(key, spec.format, found)
    if (said === null) return null
    // With a prefix a key that is gone has left no number of its own.
    const order = key.prefix ? revision : (found[0]?.revision ?? revision)
    return { ...said, version: `revision ${order}`, order }
  }

  /** Resolves when something has changed since the last read, or nobody knows. */
  async function change(signal: AbortSignal): Promise<void> {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), LONGEST_SILENCE)
    const both = AbortSignal.any([signal, silence.signal])
    try {
      const request = { create_request: { ...range, start_revision: String(revision + 1) } }
      for await (const { events, canceled, compact_revision } of calls.watch(request, both)) {
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
    read,
    watch: (from, told, lost) =>
      keepWatching(
        {
          ...parts,
          read,
          async next(_, signal) {
            await change(signal)
            return read(signal)
          },
        },
        from,
        told,
        lost,
      ),
  }
}

function entryIn(one: unknown): StoredKey & { readonly revision: number } {
  const { key, value = '', mod_revision: revision } = mapIn(one)
  if (typeof key !== 'string' || typeof value !== 'string')
    throw new Error('its answer is not what etcd says')
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
