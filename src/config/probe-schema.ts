import * as z from 'zod'
import type { HealthCheck, ProbeTarget, ReadinessCheck } from '../model/program-checks.ts'
import { described } from './described.ts'
import { regularExpression, truth, whole } from './program-values.ts'
import { command, duration, kind, positiveDuration } from './setting-values.ts'

const http = z
  .string()
  .superRefine((value, context) => {
    if (/^http:\/\/unix:\/[^:]+:\/\S*$/.test(value)) return
    const url = URL.canParse(value) ? new URL(value) : null
    const good = url !== null && /^https?:$/.test(url.protocol) && !value.startsWith('http://unix:')
    if (!good || /\s/.test(value)) {
      const message = `${JSON.stringify(value)} is not an address such as "http://127.0.0.1:8080/healthz" or "http://unix:/run/web.sock:/healthz"`
      context.addIssue({ code: 'custom', message })
    }
  })
  .meta({ title: 'address' })

const tcp = z
  .union([z.string(), z.number()], kind('a port or "HOST:PORT"'))
  .transform((value, context) => {
    const match = /^(?:(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):)?(\d{1,5})$/i.exec(String(value))
    const port = Number(match?.[3])
    if (port >= 1 && port <= 65_535) return { host: match?.[1] ?? match?.[2] ?? '127.0.0.1', port }
    const message = `${JSON.stringify(value)} is not a port from 1 to 65535, nor "HOST:PORT"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'port, HOST:PORT' })

export const TARGETS = {
  http: described(http, 'GET this address; 200 to 399 is success', {
    example: 'http://127.0.0.1:8080/healthz',
  }),
  tcp: described(tcp, 'a connection to HOST:PORT, or to a port of 127.0.0.1, is success', {
    example: '127.0.0.1:6379',
  }),
  exec: described(command, 'run this; exit code 0 is success', {
    example: '[redis-cli, ping]',
  }),
}

const readyDetails = z
  .strictObject({
    ...TARGETS,
    log: described(
      regularExpression,
      'a line of its output that fits this regular expression of JavaScript',
      { example: 'listening on \\d+' },
    ),
    notify: described(truth, 'READY=1 on the socket that NOTIFY_SOCKET names: sd_notify(3)', {
      example: 'true',
    }),
    descriptor: described(
      whole(3, 255),
      'a line break written to this file descriptor, 3 or above, as s6 has it',
      { example: '3' },
    ),
    every: described(positiveDuration, 'time between two probes of http, tcp or exec', {
      example: '1s',
      fallback: '500ms',
    }),
    timeout: described(positiveDuration, 'time that one probe may take', {
      example: '5s',
      fallback: '2s',
    }),
  })
  .transform((value, context): ReadinessCheck | null => {
    const kinds = ['http', 'tcp', 'exec', 'log', 'notify', 'descriptor'] as const
    const problem = oneOf(value, kinds)
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    const { log, notify, descriptor, every, timeout } = value
    const asked = targetOf(value)
    if (asked !== null) return { ...asked, every: every ?? 500, timeout: timeout ?? 2_000 }
    if (problem === null && (every !== undefined || timeout !== undefined)) {
      const path = [every === undefined ? 'timeout' : 'every']
      context.addIssue({ code: 'custom', path, message: 'it is for http, tcp and exec only' })
    }
    if (log !== undefined) return { kind: 'log', pattern: log }
    if (descriptor !== undefined) return { kind: 'descriptor', fd: descriptor }
    return notify === true ? { kind: 'notify' } : null
  })

const healthDetails = z
  .strictObject({
    ...TARGETS,
    every: described(positiveDuration, 'time between two probes', {
      example: '5s',
      fallback: '10s',
    }),
    timeout: described(positiveDuration, 'time that one probe may take', {
      example: '2s',
      fallback: '5s',
    }),
    failures: described(whole(1, 1_000), 'so many in a row, and it is restarted', {
      example: '5',
      fallback: '3',
    }),
    startPeriod: described(duration, 'after its start, failures do not count for so long', {
      example: '30s',
      fallback: '0s',
    }),
  })
  .transform((value, context): HealthCheck => {
    const problem = oneOf(value, ['http', 'tcp', 'exec'])
    const target = targetOf(value)
    if (problem !== null || target === null) {
      context.addIssue({ code: 'custom', message: problem ?? 'it has nothing to ask' })
      return z.NEVER
    }
    const { every = 10_000, timeout = 5_000, failures = 3, startPeriod = 0 } = value
    return { ...target, every, timeout, failures, startPeriod }
  })

const NOTHING = z.literal(false).transform(() => null)

/** `false` takes back what `defaults` or the protocol would give. */
export const ready = z.union([NOTHING, readyDetails])
export const health = z.union([NOTHING, healthDetails])

export interface Targets {
  readonly http?: string | undefined
  readonly tcp?: { readonly host: string; readonly port: number } | undefined
  readonly exec?: [string, ...string[]] | undefined
}

export function targetOf({ http, tcp, exec }: Targets): ProbeTarget | null {
  if (http !== undefined) return { kind: 'http', url: http }
  if (tcp !== undefined) return { kind: 'tcp', ...tcp }
  return exec === undefined ? null : { kind: 'exec', command: exec }
}

/** What is wrong where not exactly one of these is written; null where one is. */
export function oneOf(value: object, kinds: readonly string[]): string | null {
  const written = kinds.filter((one) => (value as Record<string, unknown>)[one] !== undefined)
  if (written.length === 1) return null
  if (written.length === 0) return `it needs one of ${kinds.join(', ')}`
  return `it has ${written.join(' and ')}; there can be one only`
}
