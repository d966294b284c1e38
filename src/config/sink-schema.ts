import * as z from 'zod'
import { type LogSink, SINK_DEFAULTS, type SyslogAddress } from '../model/log-sink.ts'
import { described } from './described.ts'
import { truth, whole } from './program-values.ts'
import { kind, line, path, positiveDuration, size, word } from './setting-values.ts'

/** RFC 5424, table 1, as syslog(3) calls them. */
const FACILITIES = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
] as const
const LOCAL = [0, 1, 2, 3, 4, 5, 6, 7].map((number) => `local${number}`)
/** Loki takes fifteen labels; four are ours. */
const MOST_LABELS = 11
const OWN_LABELS = ['service', 'instance', 'stream', 'level']
/** The same port as for RFC 3164: RFC 5426, 3.3; and that of syslog over TCP in practice. */
const SYSLOG_PORT = 514

const facility = z
  .union([z.enum([...FACILITIES, ...LOCAL]), whole(0, 23)], kind('a facility such as daemon'))
  .transform((value) => {
    if (typeof value === 'number') return value
    const known = (FACILITIES as readonly string[]).indexOf(value)
    return known === -1 ? 16 + Number(value.at(-1)) : known
  })
  .meta({ title: 'facility' })

const syslogAddress = z
  .string()
  .transform((value, context): SyslogAddress => {
    const unix = /^unix:(?:\/\/)?(\/.+)$/.exec(value)
    if (unix !== null) return { transport: 'unix', path: unix[1] as string }
    const match = /^(udp|tcp):\/\/(?:\[([0-9a-f:.]+)\]|([^\s:/[\]@]+))(?::(\d{1,5}))?\/?$/i.exec(
      value,
    )
    const port = Number(match?.[4] ?? SYSLOG_PORT)
    if (match !== null && port >= 1 && port <= 65_535) {
      const transport = (match[1] as string).toLowerCase() as 'udp' | 'tcp'
      return { transport, host: (match[2] ?? match[3]) as string, port }
    }
    const message = `${JSON.stringify(value)} is not an address such as "udp://127.0.0.1:514", "tcp://logs:601" or "unix:/dev/log"`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .meta({ title: 'address' })

/** An address of HTTP without a user or a password in it: those would be shown. */
export const httpAddress = z
  .string()
  .superRefine((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : null
    if (url === null || !/^https?:$/.test(url.protocol) || /\s/.test(value)) {
      const message = 'it is not an address such as "https://logs.example:3100"'
      context.addIssue({ code: 'custom', message })
    } else if (url.username !== '' || url.password !== '') {
      const message = 'a password does not belong in an address: use user and tokenFile'
      context.addIssue({ code: 'custom', message })
    }
  })
  .meta({ title: 'address' })

const LABEL = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/

const labels = z.record(z.string(), word.pipe(line)).superRefine((value, context) => {
  const say = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  for (const [index, key] of Object.keys(value).entries()) {
    if (!LABEL.test(key)) say(key, 'a label of Loki has letters, digits and "_"')
    else if (OWN_LABELS.includes(key)) say(key, 'stead sets this label itself')
    else if (index >= MOST_LABELS) say(key, `there are more than ${MOST_LABELS} labels`)
  }
})

/** How one is let in at an HTTP server, for sinks and for webhooks of events. */
export const httpAccess = {
  tokenFile: described(path, 'a file with the token or password, for its owner alone (chmod 600)', {
    example: './loki.token',
  }),
  tokenEnv: described(line, 'the variable of the guard’s environment with the token or password', {
    example: 'LOKI_TOKEN',
  }),
  user: described(line, 'with it the token is a password (Basic); without it, Bearer', {
    example: 'shop',
  }),
  headersFile: described(path, 'a file of "Name: value" lines, for its owner alone', {
    example: './headers',
  }),
  timeout: described(positiveDuration, 'time that an answer may take', {
    example: '5s',
    fallback: '10s',
  }),
}

const NAMES = ['journald', 'syslog'] as const
const KINDS = ['journald', 'syslog', 'loki', 'webhook'] as const
/** Settings that are not for all. */
const OF_KIND: Readonly<Record<string, readonly string[]>> = {
  facility: ['syslog'],
  labels: ['loki'],
  tenant: ['loki'],
  metadata: ['loki'],
  ...Object.fromEntries(Object.keys(httpAccess).map((name) => [name, ['loki', 'webhook']])),
}

const details = z
  .strictObject({
    journald: described(
      z.union([z.literal(true), path], kind('true, or the path of its socket')),
      'systemd’s journal, with all fields; true, or the path of its socket',
      { example: 'true' },
    ),
    syslog: described(
      syslogAddress,
      'a syslog server, RFC 5424: udp://HOST:PORT, tcp://HOST:PORT (octet counting) or unix:/dev/log',
      { example: 'tcp://logs.example:601' },
    ),
    loki: described(httpAddress, 'a Grafana Loki', { example: 'http://127.0.0.1:3100' }),
    webhook: described(httpAddress, 'JSON lines are posted there', {
      example: 'https://logs.example/take',
    }),
    facility: described(facility, 'syslog: the facility, by its name or number', {
      example: 'local0',
      fallback: 'daemon',
    }),
    labels: described(labels, 'loki: labels beside service, instance, stream and level', {
      example: '{ env: production }',
    }),
    tenant: described(line, 'loki: the tenant, X-Scope-OrgID', { example: 'shop' }),
    metadata: described(
      truth,
      'loki: sequence, pid, trace id as structured metadata; false for a Loki before 3.0',
      { example: 'false', fallback: 'true' },
    ),
    ...httpAccess,
    buffer: described(
      size,
      'how much waits in memory; the oldest lines are given up for new ones',
      {
        example: '4M',
        fallback: '1M',
      },
    ),
    lines: described(whole(10, 1_000_000), 'how many lines wait in memory', {
      example: '50000',
      fallback: '10000',
    }),
  })
  .transform((value, context): LogSink => {
    const say = (message: string, at: PropertyKey[] = []): never => {
      context.addIssue({ code: 'custom', path: at, message })
      return z.NEVER
    }
    const written = KINDS.filter((one) => value[one] !== undefined)
    const [only] = written
    if (only === undefined) return say(`it needs one of ${KINDS.join(', ')}`)
    if (written.length > 1) return say(`it has ${written.join(' and ')}; there can be one only`)
    for (const [name, kinds] of Object.entries(OF_KIND)) {
      if (value[name as keyof typeof value] === undefined || kinds.includes(only)) continue
      return say(`it is for ${kinds.join(' and ')} only`, [name])
    }
    const problem = accessProblem(value)
    if (problem !== null) return say(problem)
    return sinkOf(only, value)
  })

type Details = Parameters<typeof sinkOf>[1]

function sinkOf(
  only: (typeof KINDS)[number],
  value: Partial<z.output<z.ZodObject<typeof httpAccess>>> & {
    journald?: true | string | undefined
    syslog?: SyslogAddress | undefined
    loki?: string | undefined
    webhook?: string | undefined
    facility?: number | undefined
    labels?: Record<string, string> | undefined
    tenant?: string | undefined
    metadata?: boolean | undefined
    buffer?: number | undefined
    lines?: number | undefined
  },
): LogSink {
  const bounds = {
    buffer: value.buffer ?? SINK_DEFAULTS.buffer,
    lines: value.lines ?? SINK_DEFAULTS.lines,
  }
  if (only === 'journald') {
    const { journald } = value
    const socket = typeof journald === 'string' ? journald : SINK_DEFAULTS.journald
    return { kind: 'journald', socket, ...bounds }
  }
  if (only === 'syslog') {
    const to = value.syslog as SyslogAddress
    return { kind: 'syslog', to, facility: value.facility ?? SINK_DEFAULTS.facility, ...bounds }
  }
  const access = accessOf(value)
  if (only === 'webhook') {
    return { kind: 'webhook', url: value.webhook as string, ...access, ...bounds }
  }
  return {
    kind: 'loki',
    url: value.loki as string,
    labels: value.labels ?? {},
    tenant: value.tenant ?? null,
    metadata: value.metadata ?? true,
    ...access,
    ...bounds,
  }
}

/** What of it does not fit together; null where all does. */
export function accessProblem({
  tokenFile,
  tokenEnv,
  user,
}: Pick<Details, 'tokenFile' | 'tokenEnv' | 'user'>): string | null {
  if (tokenFile !== undefined && tokenEnv !== undefined) {
    return 'it has tokenFile and tokenEnv; there can be one only'
  }
  const none = tokenFile === undefined && tokenEnv === undefined
  return user !== undefined && none ? 'user needs tokenFile or tokenEnv' : null
}

/** Access, with what is not written as null. */
export function accessOf(value: Partial<z.output<z.ZodObject<typeof httpAccess>>>) {
  return {
    tokenFile: value.tokenFile ?? null,
    tokenEnv: value.tokenEnv ?? null,
    user: value.user ?? null,
    headersFile: value.headersFile ?? null,
    timeout: value.timeout ?? SINK_DEFAULTS.timeout,
  }
}

const short = z.enum(NAMES).transform((name): LogSink => {
  if (name === 'journald') return sinkOf('journald', {})
  return sinkOf('syslog', { syslog: { transport: 'unix', path: SINK_DEFAULTS.syslog } })
})

/** Where lines go beside the log file. */
export const sinks = z.array(z.union([short, details])).max(8)
