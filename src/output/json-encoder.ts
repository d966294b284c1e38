import type { Severity } from '../model/log-entry.ts'
import { writeJsonText } from './json-text.ts'
import { type EncodedSource, gapText, type LineEncoder, type StreamName } from './line-encoder.ts'
import { scanLine, scannedLine } from './line-scan.ts'
import { mayHaveTraceId, traceIdOf } from './trace-id.ts'

/** Of a line that is searched for a trace id. */
const SEARCHED = 8 * 1024
const GAP_SEVERITY = 4

/**
 * One JSON object a line: `at`, `service`, `instance`, `stream`, `incarnation`, `seq`, `severity`,
 * `text`, and where they apply `partial` (the line goes on in the next object of this stream) and
 * `traceId`. The line break, and a carriage return before it, is not part of the text.
 */
export function jsonEncoder(
  source: EncodedSource,
  stream: StreamName,
  severity: Severity,
): LineEncoder {
  const result = { read: 0, written: 0, lines: 0, open: false }
  const head = stampedHead(source, stream)
  const found = scannedLine()

  function writeLine(
    out: Buffer,
    at: number,
    now: number,
    level: number,
    text: (target: Buffer, position: number) => number,
    tail: string,
  ): number {
    let end = at + head(now).copy(out, at)
    source.sequence += 1
    end += out.write(`${source.sequence},"severity":${level},"text":"`, end, 'latin1')
    end = text(out, end)
    return end + out.write(`"${tail}}\n`, end, 'latin1')
  }

  return {
    encode(input, from, to, out, at, now, flush) {
      const bytes = input.bytes
      const traced = mayHaveTraceId(bytes, from, to)
      const room = head(now).length + 256
      let read = from
      let written = at
      let lines = 0
      while (read < to) {
        if (!scanLine(bytes, read, to, flush, found)) break
        const { begin, end, partial, next } = found
        const level = found.severity === -1 ? severity : found.severity
        if (written + room + (end - begin) * 6 > out.size) break
        let tail = partial ? ',"partial":true' : ''
        if (traced) {
          const id = traceIdOf(bytes.toString('utf8', begin, Math.min(end, begin + SEARCHED)))
          if (id !== null) tail += `,"traceId":${JSON.stringify(id)}`
        }
        const text = (target: Buffer, position: number): number =>
          writeJsonText(bytes, begin, end, target, position)
        written = writeLine(out.bytes, written, now, level, text, tail)
        read = next
        if (!partial) lines += 1
      }
      result.read = read - from
      result.written = written - at
      result.lines = lines
      return result
    },
    gap(now, bytes, lines) {
      const line = Buffer.alloc(1024 + head(now).length)
      const dropped = JSON.stringify({ bytes, lines })
      const end = writeLine(
        line,
        0,
        now,
        GAP_SEVERITY,
        (target, position) => position + target.write(gapText(bytes, lines), position),
        `,"dropped":${dropped}`,
      )
      return line.subarray(0, end)
    },
  }
}

/** Everything up to the sequence number, made anew only when it changes. */
function stampedHead(source: EncodedSource, stream: StreamName): (now: number) => Buffer {
  let head = Buffer.alloc(0)
  let made = Number.NaN
  let incarnation = -1
  return (now) => {
    if (now === made && incarnation === source.incarnation) return head
    made = now
    incarnation = source.incarnation
    const fields = JSON.stringify({
      at: new Date(now).toISOString(),
      service: source.service,
      instance: source.instance,
      stream,
      incarnation,
    })
    head = Buffer.from(`${fields.slice(0, -1)},"seq":`)
    return head
  }
}
