import type { LineRecord } from './line-record.ts'

/** RFC 5424, 6: APP-NAME and PROCID are PRINTUSASCII of bounded length. */
const APP_NAME = 48
/** IANA's number for documentation (RFC 5612): stead has none of its own. */
const SD_ID = 'stead@32473'

export interface SyslogSettings {
  readonly facility: number
  /** HOSTNAME; RFC 5424, 6.2.4. */
  readonly hostname: string
  /** Octets of one message; a line that needs more comes in several. */
  readonly most: number
}

/**
 * A line as messages of RFC 5424: one, or where it is too long several, told apart by the parameter
 * `part` and joined by `seq`. MSG is the line's bytes as they are, without a byte order mark (MSG-ANY):
 * nobody knows that a program writes UTF-8.
 */
export function syslogMessages(record: LineRecord, settings: SyslogSettings): Buffer[] {
  const { text } = record
  const first = header(record, settings, null)
  if (first.length + text.length <= settings.most) return [Buffer.concat([first, text])]
  const messages: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const head = header(record, settings, messages.length + 1)
    const room = Math.max(settings.most - head.length, 1)
    const end = wholeCharacters(text, at, Math.min(at + room, text.length))
    messages.push(Buffer.concat([head, text.subarray(at, end)]))
    at = end
  }
  return messages
}

/** RFC 6587, 3.4.1: the length in octets, a space, the message. */
export function octetCounted(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

function header(record: LineRecord, settings: SyslogSettings, part: number | null): Buffer {
  const { source, stream, incarnation, pid, sequence, lost, traceId } = record
  const priority = settings.facility * 8 + record.severity
  const parameters: [string, string | number][] = [['instance', source.instance]]
  if (lost === null) {
    parameters.push(['stream', stream], ['incarnation', incarnation])
    if (sequence !== null) parameters.push(['seq', sequence])
    if (record.partial) parameters.push(['partial', 1])
    if (part !== null) parameters.push(['part', part])
    if (traceId !== null) parameters.push(['traceId', traceId])
  } else parameters.push(['lostLines', lost.lines], ['lostBytes', lost.bytes])
  const data = parameters.map(([name, value]) => `${name}="${escaped(String(value))}"`).join(' ')
  const fields = [
    `<${priority}>1`,
    new Date(record.at).toISOString(),
    printable(settings.hostname, 255),
    printable(source.service, APP_NAME),
    pid === null ? '-' : String(pid),
    '-',
    `[${SD_ID} ${data}]`,
    '',
  ]
  return Buffer.from(fields.join(' '))
}

/** PRINTUSASCII: 33 to 126. */
function printable(value: string, most: number): string {
  return value.replaceAll(/[^!-~]/g, '?').slice(0, most) || '-'
}

/** RFC 5424, 6.3.3. A line break would end the message for those who go by lines. */
function escaped(value: string): string {
  return value.replaceAll(/["\\\]]/g, '\\$&').replaceAll(/[\r\n]/g, ' ')
}

/** The end moved before a UTF-8 character that would be cut; where it is none, left. */
function wholeCharacters(text: Buffer, from: number, to: number): number {
  if (to === text.length) return to
  for (let end = to; end > Math.max(from, to - 4); end -= 1) {
    if (((text[end] as number) & 0xc0) !== 0x80) return end
  }
  return to
}
