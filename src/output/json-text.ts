const BACKSLASH = 0x5c
const QUOTE = 0x22
const HEX = Buffer.from('0123456789abcdef')
/** U+FFFD in UTF-8. */
const REPLACEMENT = [0xef, 0xbf, 0xbd] as const

/**
 * Writes UTF-8 as the inside of a JSON string (RFC 8259 section 7). What is not UTF-8 becomes U+FFFD,
 * one for each maximal part, as the WHATWG's decoder has it. Needs six bytes of room for each byte.
 *
 * @returns where it ended in `out`
 */
export function writeJsonText(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: Uint8Array,
  at: number,
): number {
  let end = at
  for (let index = from; index < to; ) {
    const byte = bytes[index] as number
    if (byte >= 0x80) {
      const length = sequenceLength(bytes, index, to)
      if (length > 0) {
        for (let part = 0; part < length; part += 1) out[end++] = bytes[index + part] as number
        index += length
      } else {
        for (const part of REPLACEMENT) out[end++] = part
        index -= length
      }
      continue
    }
    if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) out[end++] = byte
    else end = escapeTo(out, end, byte)
    index += 1
  }
  return end
}

function escapeTo(out: Uint8Array, at: number, byte: number): number {
  let end = at
  out[end++] = BACKSLASH
  if (byte === QUOTE || byte === BACKSLASH) {
    out[end++] = byte
    return end
  }
  // \b \t \n \f \r have letters, all other controls numbers.
  const letter = '\0\0\0\0\0\0\0\0btn\0fr'.charCodeAt(byte)
  if (letter > 0) {
    out[end++] = letter
    return end
  }
  out[end++] = 0x75
  out[end++] = 0x30
  out[end++] = 0x30
  out[end++] = HEX[byte >> 4] as number
  out[end++] = HEX[byte & 0xf] as number
  return end
}

/** Bytes of the code point at `index`; what is none: minus the bytes of its maximal wrong part. */
function sequenceLength(bytes: Uint8Array, index: number, to: number): number {
  const first = bytes[index] as number
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
  if (length === 0) return -1
  for (let part = 1; part < length; part += 1) {
    const byte = index + part < to ? (bytes[index + part] as number) : 0
    let low = 0x80
    let high = 0xbf
    // Overlong forms, surrogates, and beyond U+10FFFF: Unicode table 3-7.
    if (part === 1) {
      if (first === 0xe0) low = 0xa0
      else if (first === 0xed) high = 0x9f
      else if (first === 0xf0) low = 0x90
      else if (first === 0xf4) high = 0x8f
    }
    if (byte < low || byte > high) return -part
  }
  return length
}
