/**
 * How many bytes at the end of `bytes[from, to)` begin a UTF-8 code point whose other bytes are not
 * there: 0 to 3. Bytes that cannot become one do not count.
 */
export function unfinishedBytes(bytes: Uint8Array, from: number, to: number): number {
  for (let back = 1; back <= 3 && to - back >= from; back += 1) {
    const byte = bytes[to - back] as number
    if (byte < 0x80) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : 2
      return byte < 0xf5 && length > back ? back : 0
    }
  }
  return 0
}
