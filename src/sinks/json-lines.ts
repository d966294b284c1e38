import type { LineRecord } from './line-record.ts'

/** Records as format `json` has them, one object a line; `lost` where lines were given up. */
export function jsonLines(records: readonly LineRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(objectOf(record))}\n`).join(''))
}

function objectOf(record: LineRecord): object {
  const { source, stream, incarnation, sequence, severity, text, lost, pid } = record
  const whose = {
    at: new Date(record.at).toISOString(),
    service: source.service,
    instance: source.instance,
  }
  if (lost !== null) {
    const { lines, bytes, since } = lost
    return {
      ...whose,
      severity,
      text: text.toString(),
      lost: { lines, bytes, since: new Date(since).toISOString() },
    }
  }
  return {
    ...whose,
    stream,
    incarnation,
    seq: sequence,
    severity,
    text: text.toString(),
    ...(pid === null ? {} : { pid }),
    ...(record.partial ? { partial: true } : {}),
    ...(record.traceId === null ? {} : { traceId: record.traceId }),
  }
}
