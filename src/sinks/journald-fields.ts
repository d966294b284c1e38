import type { LineRecord } from './line-record.ts'

const NEWLINE = 0x0a

/**
 * A line as an entry of journald's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): `NAME=value`
 * with a line break; a value that has one itself as `NAME`, its length in 64 bits, little-endian, and
 * its bytes.
 */
export function journaldEntry(record: LineRecord): Buffer {
  const { source, stream, incarnation, pid, sequence, severity, text, lost } = record
  const fields: [string, string | number][] = [
    ['PRIORITY', severity],
    ['SYSLOG_IDENTIFIER', source.service],
    ['SYSLOG_TIMESTAMP', new Date(record.at).toISOString()],
    ['STEAD_SERVICE', source.service],
    ['STEAD_INSTANCE', source.instance],
  ]
  if (lost === null) {
    fields.push(['STEAD_STREAM', stream], ['STEAD_INCARNATION', incarnation])
    if (sequence !== null) fields.push(['STEAD_SEQUENCE', sequence])
    // Journald adds what it knows of that process where the guard is privileged.
    if (pid !== null) fields.push(['OBJECT_PID', pid], ['SYSLOG_PID', pid])
    if (record.partial) fields.push(['STEAD_PARTIAL', 1])
    if (record.traceId !== null) fields.push(['TRACE_ID', oneLine(record.traceId)])
  } else {
    fields.push(['STEAD_LOST_LINES', lost.lines], ['STEAD_LOST_BYTES', lost.bytes])
  }
  const head = Buffer.from(fields.map(([name, value]) => `${name}=${value}\n`).join(''))
  return Buffer.concat([head, ...messageField(text)])
}

function messageField(text: Buffer): Buffer[] {
  const end = Buffer.from('\n')
  if (!text.includes(NEWLINE)) return [Buffer.from('MESSAGE='), text, end]
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(text.length))
  return [Buffer.from('MESSAGE\n'), length, text, end]
}

function oneLine(value: string): string {
  return value.replaceAll(/[\r\n]/g, ' ')
}
