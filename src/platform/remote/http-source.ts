import { createHash } from 'node:crypto'
import { decodeText } from '../../model/decode-text.ts'
import type { RemoteSource, RemoteText } from '../../model/ports/remote-source.ts'
import { type HttpRemote, remoteName, SIGNATURE_ENDING } from '../../model/remote-spec.ts'
import { askRemote, MAX_DOCUMENT, plainWords, type RemoteAnswer } from './ask-remote.ts'
import { fittingPair, MAX_SIGNATURE } from './fitting-pair.ts'
import { keepWatching } from './keep-watching.ts'
import type { RemoteParts } from './remote-parts.ts'
import { remoteSecret } from './remote-secret.ts'

/** Milliseconds; both dates are whole seconds. */
const FRESH = 2_000

/** A document at an address; whether it has changed is asked by its ETag (RFC 9110, 13.1.2). */
export function httpSource(spec: HttpRemote, parts: RemoteParts): RemoteSource {
  const { clock, random, fits } = parts
  const document = place(new URL(spec.url), MAX_DOCUMENT, documentIn)
  const beside = place(besideOf(spec.url), MAX_SIGNATURE, textIn)

  /** What is at an address, each time; where it `may` be as before, by its ETag. */
  function place<T>(url: URL, longest: number, read: (answer: RemoteAnswer) => T) {
    let last: { readonly tag: string; readonly value: T } | null = null
    return async (may: boolean, signal: AbortSignal): Promise<T | null> => {
      const before = may ? last : null
      const answer = await askRemote({
        method: 'GET',
        url,
        headers: {
          ...authorization(),
          ...(before === null ? {} : { 'if-none-match': before.tag }),
        },
        tls: spec.tls,
        timeout: spec.timeout,
        longest,
        signal,
      })
      const { status, headers } = answer
      if (status === 304 && before !== null) return before.value
      const value = isGone(status) ? null : read(answer)
      const tag = isFresh(headers) ? undefined : headers.etag
      last = value === null || tag === undefined ? null : { tag, value }
      return value
    }
  }

  /** @param known what was told before; null where it is read afresh */
  function ask(known: RemoteText | null, signal: AbortSignal): Promise<RemoteText | null> {
    const pair = async (tries: number): Promise<RemoteText | null> => {
      const may = known !== null || tries > 0
      const said = await document(may, signal)
      if (said === null || fits === undefined) return said
      return { ...said, signature: await signature(may, signal) }
    }
    return fittingPair(pair, parts, { known, longest: spec.timeout / 2, signal })
  }

  async function signature(may: boolean, signal: AbortSignal): Promise<string | null> {
    try {
      return await beside(may, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw new Error(`its signature: ${(error as Error).message}`, { cause: error })
    }
  }

  function authorization(): Record<string, string> {
    const secret = remoteSecret(spec.secret, parts.variables)
    if (secret === null) return {}
    if (spec.user === null) return { authorization: `Bearer ${secret}` }
    return {
      authorization: `Basic ${Buffer.from(`${spec.user}:${secret}`).toString('base64')}`,
    }
  }

  function documentIn(answer: RemoteAnswer): RemoteText {
    const text = textIn(answer)
    // A server that has lost its disk, or writes the file just now, says nothing with 200.
    if (text.trim() === '')
      throw new Error('what it has is empty; one without settings is written "{}"')
    return { text, format: spec.format, version: versionOf(answer), order: null }
  }

  return {
    name: remoteName(spec),
    read: (signal) => ask(null, signal),
    watch: (from, told, lost) =>
      keepWatching(
        {
          clock,
          random,
          read: (signal) => ask(null, signal),
          async next(known, signal) {
            // Many guards that were started at once do not ask at once for ever.
            await clock.sleep(spec.poll * (0.9 + random() / 5), signal)
            return ask(known, signal)
          },
        },
        from,
        told,
        lost,
      ),
  }
}

function isGone(status: number): boolean {
  return status === 404 || status === 410
}

function textIn({ status, body }: RemoteAnswer): string {
  if (status === 401 || status === 403) throw new Error(`it does not let us in (HTTP ${status})`)
  if (status !== 200) throw new Error(`HTTP ${status}`)
  const read = decodeText(body)
  if ('text' in read) return read.text
  throw new Error(`what it has cannot be read: ${read.problem}`)
}

/**
 * Whether it was changed so lately that it may change again within the same second. Servers such as nginx make an
 * ETag of that second and of the length, so that it says nothing then (RFC 9110, 8.8.1).
 */
function isFresh({ date, 'last-modified': modified }: RemoteAnswer['headers']): boolean {
  if (date === undefined || modified === undefined) return false
  return Date.parse(date) - Date.parse(modified) < FRESH
}

/** Where the signature of a document is: beside it, with the same query. */
function besideOf(address: string): URL {
  const url = new URL(address)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${SIGNATURE_ENDING}`
  return url
}

function versionOf({ headers, body }: RemoteAnswer): string {
  const { etag, 'last-modified': modified } = headers
  if (etag !== undefined) return `ETag ${plainWords(etag).slice(0, 80)}`
  if (modified !== undefined) return `of ${plainWords(modified).slice(0, 40)}`
  return `sha256 ${createHash('sha256').update(body).digest('hex').slice(0, 12)}`
}
