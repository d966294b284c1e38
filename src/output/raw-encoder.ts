import { gapText, type LineEncoder } from './line-encoder.ts'

const NEWLINE = 0x0a

/** The bytes as they are. Without a flush it stops behind the last whole line, as the others do. */
export function rawEncoder(): LineEncoder {
  const result = { read: 0, written: 0, lines: 0, open: false }
  return {
    encode(input, from, to, out, at, _now, flush, open) {
      const room = Math.min(to - from, out.size - at)
      let end = from + room
      if (flush === 'no') {
        const last = input.bytes.lastIndexOf(NEWLINE, end - 1)
        end = last < from ? from : last + 1
      }
      input.bytes.copy(out.bytes, at, from, end)
      let lines = 0
      for (let next = from; next < end; lines += 1) {
        const found = input.bytes.indexOf(NEWLINE, next)
        if (found === -1 || found >= end) break
        next = found + 1
      }
      result.read = result.written = end - from
      result.lines = lines
      result.open = end === from ? open : input.bytes[end - 1] !== NEWLINE
      return result
    },
    gap: (_now, bytes, lines) => Buffer.from(`${gapText(bytes, lines)}\n`),
  }
}
