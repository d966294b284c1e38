import { hostname } from 'node:os'
import type { LogSink, LokiSink, WebhookSink } from '../../model/log-sink.ts'
import type { Outcome } from '../../sinks/delivery.ts'
import { journaldEntry } from '../../sinks/journald-fields.ts'
import { jsonLines } from '../../sinks/json-lines.ts'
import type { LineRecord } from '../../sinks/line-record.ts'
import type { Batching } from '../../sinks/line-source.ts'
import { lokiEncoder } from '../../sinks/loki-push.ts'
import { syslogMessages } from '../../sinks/syslog-message.ts'
import { accessHeaders, type Variables } from './http-headers.ts'
import { httpPost, lineOutcome } from './http-post.ts'

/** One who tells lines to a place. */
export interface SinkTransport {
  send(batch: readonly LineRecord[], signal: AbortSignal): Promise<Outcome>
  close(): void
}

/** RFC 5426, 3.2: what every receiver of UDP should take. */
const MOST_UDP = 2_048
/** What receivers take as one message unless they are told otherwise: rsyslogd's 8 KiB. */
const MOST_SYSLOG = 8_192
const AT_ONCE: Batching = { most: { lines: 500, bytes: 256 * 1024 }, linger: 0 }
/** So that not every line is a request. */
const BY_REQUEST: Batching = { most: { lines: 1_000, bytes: 512 * 1024 }, linger: 500 }

export function batchingFor({ kind }: LogSink): Batching {
  return kind === 'journald' || kind === 'syslog' ? AT_ONCE : BY_REQUEST
}

/** Loads what the kind of sink needs, and nothing else. */
export async function sinkTransport(sink: LogSink, variables: Variables): Promise<SinkTransport> {
  switch (sink.kind) {
    case 'journald': {
      const { datagramTransport } = await import('./unix-datagrams.ts')
      return datagramTransport(sink.socket, (record) => [journaldEntry(record)], { memfd: true })
    }
    case 'syslog': {
      const { to, facility } = sink
      const most = to.transport === 'udp' ? MOST_UDP : MOST_SYSLOG
      const settings = { facility, hostname: hostname(), most }
      const encode = (record: LineRecord): Buffer[] => syslogMessages(record, settings)
      if (to.transport === 'unix') {
        const { datagramTransport } = await import('./unix-datagrams.ts')
        return datagramTransport(to.path, encode, { memfd: false })
      }
      if (to.transport === 'udp') {
        return (await import('./syslog-udp.ts')).udpTransport(to.host, to.port, encode)
      }
      return (await import('./syslog-tcp.ts')).tcpTransport(to.host, to.port, encode)
    }
    case 'loki': {
      const encoder = lokiEncoder(sink)
      const tenant: Record<string, string> =
        sink.tenant === null ? {} : { 'x-scope-orgid': sink.tenant }
      const headers = { ...tenant, 'content-type': 'application/json' }
      return bodyTransport(lokiAddress(sink.url), sink, headers, variables, (batch) =>
        encoder.encode(batch),
      )
    }
    case 'webhook': {
      const headers = { 'content-type': 'application/x-ndjson' }
      return bodyTransport(sink.url, sink, headers, variables, jsonLines)
    }
  }
}

function lokiAddress(address: string): string {
  const url = new URL(address)
  if (url.pathname === '/') url.pathname = '/loki/api/v1/push'
  return url.href
}

function bodyTransport(
  url: string,
  sink: LokiSink | WebhookSink,
  headers: Readonly<Record<string, string>>,
  variables: Variables,
  encode: (batch: readonly LineRecord[]) => Buffer,
): SinkTransport {
  const http = httpPost(url, sink.timeout)
  /** What is tried again is the same, byte for byte. */
  let last: { batch: readonly LineRecord[]; body: Buffer } | null = null
  return {
    async send(batch, signal) {
      if (last?.batch !== batch) last = { batch, body: encode(batch) }
      const access = accessHeaders(sink, variables)
      const outcome = lineOutcome(await http.post(last.body, { ...access, ...headers }, signal))
      if (outcome.kind === 'done' || outcome.kind === 'refused') last = null
      return outcome
    },
    close: () => http.close(),
  }
}
