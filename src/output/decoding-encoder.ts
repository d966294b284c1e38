import { byteAreaOf } from './byte-area.ts'
import type { Charset } from './charset.ts'
import type { Encoded, LineEncoder } from './line-encoder.ts'

/** So much is decoded at once: three times that in UTF-8 is less than a JSON line holds. */
const MOST = 16 * 1024

/**
 * Makes lines out of bytes that are not UTF-8: they are decoded first, and `inner` gets UTF-8. Like the
 * others it holds nothing back: what is not a whole character yet is not read. Each call takes whole lines,
 * or a piece of one that is very long or has to be written.
 */
export function decodingEncoder(inner: LineEncoder, charset: Charset): LineEncoder {
  const result: Encoded = { read: 0, written: 0, lines: 0, open: false, text: null }
  return {
    encode(input, from, to, out, at, now, flush, open) {
      const { bytes } = input
      result.read = result.written = result.lines = 0
      result.open = open
      result.text = null
      const most = Math.min(to, from + MOST)
      const line = charset.lastLine(bytes, from, most)
      const cut = line === -1
      // A line that is longer than what is decoded at once goes on in pieces.
      if (cut && flush === 'no' && (most === to || charset.lastLine(bytes, from, to) === -1))
        return result
      const last = cut && flush === 'end' && most === to
      let end = cut ? most : line
      if (cut && !last) end -= charset.unfinished(bytes.subarray(from, most))
      if (end === from) return result
      const text = byteAreaOf(Buffer.from(charset.decode(bytes.subarray(from, end))))
      const level = last ? 'end' : cut ? 'piece' : 'no'
      const done = inner.encode(text, 0, text.size, out, at, now, level, open)
      if (done.read < text.size && done.lines === 0 && text.size > 0) return result
      result.read =
        (done.read === text.size ? end : charset.line(bytes, from, end, done.lines)) - from
      result.written = done.written
      result.lines = done.lines
      result.open = done.open
      result.text = text.bytes.subarray(0, done.read)
      return result
    },
    gap: (now, dropped, lines) => inner.gap(now, dropped, lines),
  }
}
