import { createHash, timingSafeEqual } from 'node:crypto'

/** An address, or localhost: whatever else leads here is a name that somebody made up for it. */
export function isOwnHost(host: string | readonly string[] | undefined): boolean {
  return (
    typeof host === 'string' &&
    /^(localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host)
  )
}

/** Takes as long for a wrong token as for a right one. */
export function shows(header: string | readonly string[] | undefined, token: string): boolean {
  const shown = typeof header === 'string' ? /^Bearer +(\S+)$/i.exec(header)?.[1] : undefined
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
