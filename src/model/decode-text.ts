/**
 * The text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one, as editors of Windows
 * write it.
 *
 * @returns in words why there is none instead
 */
export function decodeText(bytes: Uint8Array): { text: string } | { problem: string } {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return decoded('utf-16le', bytes, 'UTF-16')
  if (first === 0xfe && second === 0xff) return decoded('utf-16be', bytes, 'UTF-16')
  const marked = first === 0xef && second === 0xbb && third === 0xbf
  if (!marked && looksLikeUtf16(bytes))
    return { problem: 'it looks like UTF-16 without a byte order mark; save it as UTF-8' }
  return decoded('utf-8', bytes, 'UTF-8')
}

function decoded(
  encoding: string,
  bytes: Uint8Array,
  shown: string,
): { text: string } | { problem: string } {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    if (!text.includes('\0')) return { text }
    return { problem: 'it is not text: there is a zero byte in it' }
  } catch {
    return { problem: `it is not ${shown}` }
  }
}

/** Every other byte of the beginning is zero: letters of our alphabet in UTF-16. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 64)
  const pairs = Math.floor(sample.length / 2)
  if (pairs < 2) return false
  const zeros = [0, 1].map((at) => sample.filter((byte, i) => byte === 0 && i % 2 === at).length)
  return zeros.some((count) => count > pairs * 0.6)
}
