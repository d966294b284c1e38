import type { Severity } from '../model/log-entry.ts'
import type { LokiSink } from '../model/log-sink.ts'
import type { LineRecord } from './line-record.ts'

/** As Grafana knows levels. */
const LEVELS: Readonly<Record<Severity, string>> = {
  0: 'critical',
  1: 'critical',
  2: 'critical',
  3: 'error',
  4: 'warning',
  5: 'info',
  6: 'info',
  7: 'debug',
}
/** Streams whose last time is remembered. */
const MOST_STREAMS = 10_000

/** Makes bodies of Loki's push API. One for each sink: it knows the last time of each stream. */
export interface LokiEncoder {
  encode(records: readonly LineRecord[]): Buffer
}

/**
 * Labels are few and bounded: `service`, `instance`, `stream`, `level`, and those of the settings. What
 * differs from line to line is metadata. Within a stream no time comes twice or goes back: two equal
 * lines of one millisecond are two, and a body that is sent again is none but the same lines.
 */
export function lokiEncoder({
  labels,
  metadata,
}: Pick<LokiSink, 'labels' | 'metadata'>): LokiEncoder {
  /** Milliseconds, and lines of that millisecond. */
  const last = new Map<string, { at: number; count: number }>()

  function timeIn(key: string, at: number): string {
    const known = last.get(key)
    last.delete(key)
    let next = known === undefined || at > known.at ? { at, count: 0 } : known
    if (next === known) next = { at: known.at, count: known.count + 1 }
    // A million lines of one millisecond are those of the next one as well.
    if (next.count > 999_999) next = { at: next.at + 1, count: 0 }
    last.set(key, next)
    if (last.size > MOST_STREAMS) last.delete(last.keys().next().value as string)
    return `${next.at}${String(next.count).padStart(6, '0')}`
  }

  return {
    encode(records) {
      const streams = new Map<string, { stream: object; values: unknown[] }>()
      for (const record of records) {
        const { source, stream, severity } = record
        const level = LEVELS[severity]
        const key = `${source.service}@${source.instance} ${stream} ${level}`
        const { service, instance } = source
        const known = streams.get(key) ?? {
          stream: { ...labels, service, instance: String(instance), stream, level },
          values: [],
        }
        streams.set(key, known)
        const value: unknown[] = [timeIn(key, record.at), record.text.toString()]
        if (metadata) value.push(metadataOf(record))
        known.values.push(value)
      }
      return Buffer.from(JSON.stringify({ streams: [...streams.values()] }))
    },
  }
}

/** Values are texts. */
function metadataOf({
  incarnation,
  sequence,
  severity,
  pid,
  partial,
  traceId,
  lost,
}: LineRecord): Readonly<Record<string, string>> {
  if (lost !== null) return { lost_lines: String(lost.lines), lost_bytes: String(lost.bytes) }
  return {
    severity: String(severity),
    incarnation: String(incarnation),
    ...(sequence === null ? {} : { seq: String(sequence) }),
    ...(pid === null ? {} : { pid: String(pid) }),
    ...(partial ? { partial: 'true' } : {}),
    ...(traceId === null ? {} : { trace_id: traceId }),
  }
}
