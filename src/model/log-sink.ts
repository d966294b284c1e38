/**
 * Where the lines of a program go beside its log file, or in its stead (`format: off`). What waits for
 * a sink waits in memory that is bounded: the oldest lines are given up and counted, and the sink is
 * told so when it takes lines again.
 */
export type LogSink = JournaldSink | SyslogSink | LokiSink | WebhookSink

export interface SinkBounds {
  /** Bytes of lines that wait, about 64 for each line itself among them. */
  readonly buffer: number
  /** Lines that wait. */
  readonly lines: number
}

/** systemd-journald(8), by its native protocol. */
export interface JournaldSink extends SinkBounds {
  readonly kind: 'journald'
  /** Absolute. */
  readonly socket: string
}

/** RFC 5424, over UDP (RFC 5426), TCP with octet counting (RFC 6587, 3.4.1) or a unix datagram socket. */
export interface SyslogSink extends SinkBounds {
  readonly kind: 'syslog'
  readonly to: SyslogAddress
  /** 0 to 23: RFC 5424, table 1. */
  readonly facility: number
}

export type SyslogAddress =
  | { readonly transport: 'udp' | 'tcp'; readonly host: string; readonly port: number }
  | { readonly transport: 'unix'; readonly path: string }

/** The push API of Grafana Loki: `POST /loki/api/v1/push` with JSON. */
export interface LokiSink extends SinkBounds, HttpAccess {
  readonly kind: 'loki'
  /** Of the server; `/loki/api/v1/push` is added where it has no path. */
  readonly url: string
  /** Beside `service`, `instance`, `stream` and `level`. */
  readonly labels: Readonly<Record<string, string>>
  /** X-Scope-OrgID; null for none. */
  readonly tenant: string | null
  /** Sequence, incarnation, pid and trace id as structured metadata, which Loki takes from 3.0 on. */
  readonly metadata: boolean
}

/** `POST` of JSON lines, as format `json` writes them. */
export interface WebhookSink extends SinkBounds, HttpAccess {
  readonly kind: 'webhook'
  readonly url: string
}

/** How one is let in at an HTTP server. What is secret is named here, never held. */
export interface HttpAccess {
  /** A file with a token or password; absolute. */
  readonly tokenFile: string | null
  /** An environment variable of the guard with it. */
  readonly tokenEnv: string | null
  /** With a user the token is a password (Basic, RFC 7617), without one Bearer (RFC 6750). */
  readonly user: string | null
  /** A file of `Name: value` lines; absolute. */
  readonly headersFile: string | null
  /** Milliseconds that an answer may take. */
  readonly timeout: number
}

export const SINK_DEFAULTS = {
  buffer: 1024 * 1024,
  lines: 10_000,
  /** daemon, RFC 5424 table 1. */
  facility: 3,
  timeout: 10_000,
  /** systemd-journald.service(8). */
  journald: '/run/systemd/journal/socket',
  /** syslog(3). */
  syslog: '/dev/log',
} as const

/** How a sink is at present. */
export interface SinkFact {
  /** What it is and where, without path, query or user: `loki http://127.0.0.1:3100`. */
  readonly sink: string
  /** `idle`: nothing was to be told yet. `down`: telling fails, and is tried again. */
  readonly state: 'idle' | 'up' | 'down'
  /** Lines that were told, of all services with this sink. */
  readonly sent: number
  /** Lines that were given up. */
  readonly lost: number
  /** Gaps that the sink was told of. */
  readonly gaps: number
  /** Lines and bytes that wait. */
  readonly waiting: { readonly lines: number; readonly bytes: number }
  /** Why telling fails; null while it does not. */
  readonly trouble: string | null
}

/** A sink as people are told of it: kind and place, and nothing that could be secret. */
export function sinkName(sink: LogSink): string {
  if (sink.kind === 'journald') return `journald ${sink.socket}`
  if (sink.kind === 'syslog') {
    const { to } = sink
    if (to.transport === 'unix') return `syslog unix:${to.path}`
    return `syslog ${to.transport}://${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  }
  return `${sink.kind} ${new URL(sink.url).origin}`
}

/** The sink with its paths as `whole` makes them of what was written. */
export function sinkWithPaths(sink: LogSink, whole: (path: string) => string): LogSink {
  if (sink.kind === 'journald') return { ...sink, socket: whole(sink.socket) }
  if (sink.kind === 'syslog') return sink
  const file = (path: string | null): string | null => (path === null ? null : whole(path))
  return { ...sink, tokenFile: file(sink.tokenFile), headersFile: file(sink.headersFile) }
}
