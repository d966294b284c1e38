import { resolve } from 'node:path'
import * as z from 'zod'
import { isLoopback } from '../model/loopback.ts'
import type { MetricsSpec } from '../model/metrics-spec.ts'
import { described } from './described.ts'
import type { GuardSettings } from './guard-schema.ts'
import { listen } from './listen-address.ts'
import { path } from './setting-values.ts'
import type { FileProblem } from './source/config-source.ts'

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
