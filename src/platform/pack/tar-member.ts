const BLOCK = 512

/**
 * The bytes of one file in an uncompressed tar archive (POSIX.1-1988 ustar), or null. Names of npm's
 * packages are short, so extended headers are passed over. What comes behind the file is not read.
 */
export async function tarMember(
  archive: AsyncIterable<Buffer>,
  wanted: string,
): Promise<Buffer | null> {
  const header = Buffer.alloc(BLOCK)
  let inHeader = 0
  let member: Buffer | null = null
  let inMember = 0
  /** Bytes that are passed over before the next header. */
  let between = 0
  for await (const chunk of archive) {
    for (let at = 0; at < chunk.length; ) {
      if (member !== null) {
        const taken = chunk.copy(member, inMember, at)
        at += taken
        inMember += taken
        if (inMember === member.length) return member
      } else if (between > 0) {
        const passed = Math.min(between, chunk.length - at)
        at += passed
        between -= passed
      } else {
        const taken = chunk.copy(header, inHeader, at)
        at += taken
        inHeader += taken
        if (inHeader < BLOCK) continue
        inHeader = 0
        const { name, size, isFile } = headerOf(header)
        if (name === '') return null
        if (isFile && name === wanted) {
          if (size === 0) return Buffer.alloc(0)
          member = Buffer.allocUnsafeSlow(size)
        } else between = Math.ceil(size / BLOCK) * BLOCK
      }
    }
  }
  return null
}

function headerOf(block: Buffer): { name: string; size: number; isFile: boolean } {
  const name = text(block, 0, 100)
  const prefix = text(block, 345, 155)
  return {
    name: name === '' || prefix === '' ? name : `${prefix}/${name}`,
    size: Number.parseInt(text(block, 124, 12), 8) || 0,
    isFile: block[156] === 0x30 || block[156] === 0,
  }
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end).trim()
}
