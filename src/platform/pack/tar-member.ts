const BLOCK = 512

/**
 * The bytes of one file in an uncompressed tar archive (POSIX.1-1988 ustar), or null. Names of npm's
 * packages are short, so extended headers are passed over.
 */
export function tarMember(archive: Buffer, wanted: string): Buffer | null {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK)
    const name = text(header, 0, 100)
    if (name === '') return null
    const prefix = text(header, 345, 155)
    const size = Number.parseInt(text(header, 124, 12), 8) || 0
    const start = at + BLOCK
    const isFile = header[156] === 0x30 || header[156] === 0
    if (isFile && (prefix === '' ? name : `${prefix}/${name}`) === wanted)
      return start + size <= archive.length ? archive.subarray(start, start + size) : null
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  return null
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end).trim()
}
