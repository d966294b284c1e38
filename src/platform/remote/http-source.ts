import { createHash } from 'node:crypto'
import { decodeText } from '../../model/decode-text.ts'
import type { RemoteSource, RemoteText } from '../../model/ports/remote-source.ts'
import { type HttpRemote, remoteName } from '../../model/remote-spec.ts'
import { askRemote, MAX_DOCUMENT, plainWords, type RemoteAnswer } from './ask-remote.ts'
import { keepWatching } from './keep-watching.ts'
import type { RemoteParts } from './remote-parts.ts'
import { remoteSecret } from './remote-secret.ts'

/** A document at an address; whether it has changed is asked by its ETag (RFC 9110, 13.1.2). */
export function httpSource(spec: HttpRemote, parts: RemoteParts): RemoteSource {
  const { clock, random } = parts
  let tag: string | null = null

  /** @param known what is there unless the server says otherwise */
  async function ask(known: RemoteText | null, signal: AbortSignal): Promise<RemoteText | null> {
    const isAsked = known !== null && tag !== null
    const answer = await askRemote({
      method: 'GET',
      url: new URL(spec.url),
      headers: { ...authorization(), ...(isAsked ? { 'if-none-match': tag as string } : {}) },
      tls: spec.tls,
      timeout: spec.timeout,
      longest: MAX_DOCUMENT,
      signal,
    })
    if (answer.status === 304 && isAsked) return known
    const text = textOf(answer)
    tag = text === null ? null : (answer.headers.etag ?? null)
    return text
  }

  function authorization(): Record<string, string> {
    const secret = remoteSecret(spec.secret, parts.variables)
    if (secret === null) return {}
    if (spec.user === null) return { authorization: `Bearer ${secret}` }
    return {
      authorization: `Basic ${Buffer.from(`${spec.user}:${secret}`).toString('base64')}`,
    }
  }

  function textOf({ status, headers, body }: RemoteAnswer): RemoteText | null {
    if (status === 404 || status === 410) return null
    if (status === 401 || status === 403) throw new Error(`it does not let us in (HTTP ${status})`)
    if (status !== 200) throw new Error(`HTTP ${status}`)
    const read = decodeText(body)
    if ('problem' in read) throw new Error(`what it has cannot be read: ${read.problem}`)
    // A server that has lost its disk, or writes the file just now, says nothing with 200.
    if (read.text.trim() === '')
      throw new Error('what it has is empty; one without settings is written "{}"')
    return { text: read.text, format: spec.format, version: versionOf(headers, body), order: null }
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

function versionOf({ etag, 'last-modified': modified }: RemoteAnswer['headers'], body: Buffer) {
  if (etag !== undefined) return `ETag ${plainWords(etag).slice(0, 80)}`
  if (modified !== undefined) return `of ${plainWords(modified).slice(0, 40)}`
  return `sha256 ${createHash('sha256').update(body).digest('hex').slice(0, 12)}`
}
