import type { Severity } from '../model/log-entry.ts'
import { writeJsonText } from './json-text.ts'
import { type EncodedSource, gapText, type LineEncoder, type StreamName } from './line-encoder.ts'
import { mayHaveTraceId, traceIdOf } from './trace-id.ts'
import { unfinishedBytes } from './utf8-tail.ts'

const NEWLINE = 0x0a
const RETURN = 0x0d
const LESS = 0x3c
const GREATER = 0x3e
const ZERO = 0x30
/** A longer line is told in pieces, so that a reader can hold one. */
const LONGEST_TEXT = 64 * 1024
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
        let level = severity as number
        let begin = read
        if (bytes[read] === LESS && bytes[read + 2] === GREATER && read + 2 < to) {
          const digit = (bytes[read + 1] as number) - ZERO
          if (digit >= 0 && digit < 8) {
            level = digit
            begin += 3
          }
        }
        let end = bytes.indexOf(NEWLINE, begin)
        let partial = false
        let next = end + 1
        if (end === -1 || end >= to || end - begin > LONGEST_TEXT) {
          const whole = to - begin > LONGEST_TEXT
          partial = true
          end = whole ? begin + LONGEST_TEXT : to
          if (!whole && flush === 'no') break
          if (whole || flush === 'piece') end -= unfinishedBytes(bytes, begin, end)
          if (end === begin) break
          next = end
        } else if (end > begin && bytes[end - 1] === RETURN) end -= 1
        if (written + room + (end - begin) * 6 > out.size) break
        let tail = partial ? ',"partial":true' : ''
        if (traced) {
          const id = traceIdOf(bytes.toString('utf8', begin, Math.min(end, begin + SEARCHED)))
          if (id !== null) tail += `,"traceId":${JSON.stringify(id)}`
        }
        const [first, last] = [begin, end]
        const text = (target: Buffer, position: number): number =>
          writeJsonText(bytes, first, last, target, position)
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
