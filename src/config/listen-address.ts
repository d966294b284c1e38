import * as z from 'zod'
import { kind } from './setting-values.ts'

/** A name could mean another address tomorrow, so addresses are written as numbers. */
export const listen = z
  .union([z.string(), z.number()], kind('a port or "ADDRESS:PORT"'))
  .transform((value, context) => {
    const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:[\]]+)):)?(\d{1,5})$/i.exec(String(value))
    const host = match?.[1] ?? match?.[2] ?? '127.0.0.1'
    const port = Number(match?.[3])
    const known = host === 'localhost' ? '127.0.0.1' : host
    if (port >= 1 && port <= 65_535 && isAddress(known)) return { host: known, port }
    const message = `${JSON.stringify(value)} is not a port from 1 to 65535, nor "ADDRESS:PORT" such as "127.0.0.1:9464" or "[::1]:9464"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'port, ADDRESS:PORT' })

function isAddress(text: string): boolean {
  if (text.includes(':')) return URL.canParse(`http://[${text}]/`)
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256)
}
