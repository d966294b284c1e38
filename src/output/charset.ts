/** How bytes of a program become text. */
export interface Charset {
  /** The text of bytes that begin and end with a character; what is none becomes U+FFFD. */
  decode(bytes: Uint8Array): string
  /** How many bytes at the end begin a character whose other bytes are not there: 0 to 3. */
  unfinished(bytes: Uint8Array): number
  /** Behind the last line break of `bytes[from, to)`; -1 where there is none. `from` begins a character. */
  lastLine(bytes: Buffer, from: number, to: number): number
  /** Behind the `count`th line break from `from` on. */
  line(bytes: Buffer, from: number, to: number, count: number): number
}

const NEWLINE = 0x0a
/** The longest character of all encodings that are known: four bytes. */
const MOST_UNFINISHED = 3

/**
 * An encoding by its label (encoding.spec.whatwg.org), as TextDecoder has it. In all that are taken here
 * but UTF-16 the byte 0x0A is a line break wherever it stands: decoders give it back where it follows the
 * first byte of a character.
 */
export function charsetOf(label: string): Charset {
  const whole = new TextDecoder(label)
  const wide = /^utf-16(le|be)$/.exec(label)
  const held = (bytes: Uint8Array): boolean => {
    const decoder = new TextDecoder(label)
    decoder.decode(bytes, { stream: true })
    return decoder.decode() !== ''
  }
  return {
    decode: (bytes) => whole.decode(bytes),
    unfinished(bytes) {
      for (let back = 0; back <= Math.min(MOST_UNFINISHED, bytes.length); back += 1)
        if (!held(bytes.subarray(0, bytes.length - back))) return back
      return 0
    },
    ...(wide === null ? ONE_BYTE : twoBytes(wide[1] === 'le' ? 0 : 1)),
  }
}

/** One byte is one character: a code page that TextDecoder does not know. @param upper of 128 to 255 */
export function tableCharset(upper: string): Charset {
  const table = Array.from({ length: 256 }, (_, byte) =>
    byte < 128 ? String.fromCharCode(byte) : (upper[byte - 128] ?? '\uFFFD'),
  )
  return {
    decode(bytes) {
      let text = ''
      for (const byte of bytes) text += table[byte]
      return text
    },
    unfinished: () => 0,
    ...ONE_BYTE,
  }
}

const ONE_BYTE: Pick<Charset, 'lastLine' | 'line'> = {
  lastLine(bytes, from, to) {
    const found = to > from ? bytes.lastIndexOf(NEWLINE, to - 1) : -1
    return found < from ? -1 : found + 1
  },
  line(bytes, from, to, count) {
    let end = from
    for (let left = count; left > 0; left -= 1) {
      const found = bytes.indexOf(NEWLINE, end)
      if (found === -1 || found >= to) return to
      end = found + 1
    }
    return end
  },
}

/** @param low where the low byte of a unit stands */
function twoBytes(low: 0 | 1): Pick<Charset, 'lastLine' | 'line'> {
  const isBreak = (bytes: Buffer, at: number): boolean =>
    bytes[at + low] === NEWLINE && bytes[at + 1 - low] === 0
  return {
    lastLine(bytes, from, to) {
      for (let at = to - ((to - from) % 2) - 2; at >= from; at -= 2)
        if (isBreak(bytes, at)) return at + 2
      return -1
    },
    line(bytes, from, to, count) {
      let left = count
      let at = from
      while (left > 0 && at + 2 <= to) {
        if (isBreak(bytes, at)) left -= 1
        at += 2
      }
      return left > 0 ? to : at
    },
  }
}
