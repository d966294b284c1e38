import type { IncomingMessage } from 'node:http'

/** The largest body that is read. */
export const MAX_BODY = 1024 * 1024

/**
 * Reads the body of a request, and calls back once: with null for one that is too large, of which the
 * rest is never read. A client that goes away while it sends is not told of.
 */
export function readBody(request: IncomingMessage, done: (body: string | null) => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) {
    done('')
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  const giveUp = (): void => {
    request.off('data', take)
    request.off('end', end)
    request.pause()
    done(null)
  }
  const take = (chunk: Buffer): void => {
    size += chunk.length
    if (size > MAX_BODY) giveUp()
    else chunks.push(chunk)
  }
  const end = (): void => {
    done(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString('utf8'))
  }
  request.on('error', () => {})
  if (Number(length ?? 0) > MAX_BODY) giveUp()
  else request.on('data', take).on('end', end)
}
