import type { IncomingMessage } from 'node:http'
import { leadsHere } from '../../model/loopback.ts'

/** Milliseconds without a byte. */
const STALL = 30_000
/** Servers of releases send one elsewhere, to where the files are. */
const MOST_REDIRECTIONS = 5
const REDIRECTIONS: readonly number[] = [301, 302, 303, 307, 308]

export class TooLong extends Error {}

/** Whether nobody on the way can read or change what comes from there. */
export function isSafe(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && leadsHere(url))
}

/**
 * What a server has at an address, on connections of their own. Redirections are followed to where it is
 * safe. By node:http as all clients here: fetch() cannot connect in Wine.
 *
 * @param most bytes; more is {@link TooLong}
 * @param progress bytes so far
 * @returns null where there is no such thing
 * @throws an error in words
 */
export async function httpGet(
  from: URL,
  most: number,
  progress: (bytes: number) => void,
): Promise<Buffer | null> {
  let url = from
  for (let redirections = 0; redirections <= MOST_REDIRECTIONS; redirections++) {
    if (!isSafe(url)) throw new Error('it leads to an address without https')
    const answer = await ask(url)
    try {
      const { statusCode: status = 0, statusMessage = '', headers } = answer
      if (REDIRECTIONS.includes(status)) {
        const to = headers.location ?? ''
        if (!URL.canParse(to, url)) throw new Error('it leads nowhere')
        url = new URL(to, url)
        continue
      }
      if (status === 404) return null
      if (status !== 200) throw new Error(`${status} ${statusMessage}`)
      return await bodyOf(answer, most, progress)
    } finally {
      answer.destroy()
    }
  }
  throw new Error(`it leads elsewhere more than ${MOST_REDIRECTIONS} times`)
}

function ask(url: URL): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const client = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http')
  const headers = { 'user-agent': 'stead', accept: '*/*', 'accept-encoding': 'identity' }
  const request = client.get(url, { agent: false, timeout: STALL, headers }, resolve)
  request.on('error', reject)
  // It goes on to watch while the body comes.
  request.on('timeout', () => request.destroy(new Error(`nothing came for ${STALL / 1000} s`)))
  return promise
}

async function bodyOf(
  answer: IncomingMessage,
  most: number,
  progress: (bytes: number) => void,
): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length
    if (length > most) throw new TooLong()
    parts.push(part)
    progress(length)
  }
  return Buffer.concat(parts)
}
