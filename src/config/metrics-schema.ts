import { resolve } from 'node:path'
import * as z from 'zod'
import { isLoopback, type MetricsSpec } from '../model/metrics-spec.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { kind, path } from './setting-values.ts'
import type { FileProblem } from './yaml-source.ts'

/** A name could mean another address tomorrow, so addresses are written as numbers. */
const listen = z
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

export const metricsSchema = z.strictObject({
  listen: listen.meta({
    description: 'the address of this machine, and the port; of a port alone it is 127.0.0.1',
    example: '127.0.0.1:9464',
  }),
  tokenFile: described(
    path,
    'a file with a token, which whoever asks has to show (Authorization: Bearer); needed where the address is not 127.0.0.1 or another of the loopback',
    { example: '/etc/stead/metrics.token' },
  ),
})

function isAddress(text: string): boolean {
  if (text.includes(':')) return URL.canParse(`http://[${text}]/`)
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256)
}

type Settings = Pick<GuardSettings, 'metrics'>

export function metricsOf({ metrics }: Settings, directory: string): MetricsSpec | null {
  if (metrics === undefined) return null
  const { listen: address, tokenFile } = metrics
  return { ...address, tokenFile: tokenFile === undefined ? null : resolve(directory, tokenFile) }
}

export function metricsProblems({ metrics }: Settings): FileProblem[] {
  if (metrics === undefined || metrics.tokenFile !== undefined) return []
  if (isLoopback(metrics.listen.host)) return []
  const message = `${metrics.listen.host} can be reached from other machines; say tokenFile, or listen on 127.0.0.1`
  return [{ path: ['metrics', 'listen'], message }]
}
