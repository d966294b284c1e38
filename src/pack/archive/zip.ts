import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'
import type { PackCompression } from '../../model/pack-spec.ts'
import { type ArchiveEntry, inOrder, LEVELS } from './archive-entry.ts'

/** Signatures and constants of APPNOTE.TXT, the specification of .ZIP files. */
const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const VERSION_NEEDED = 20
/** Made on a Unix: the upper half of the attributes is a mode. */
const MADE_BY_UNIX = (3 << 8) | VERSION_NEEDED
const UTF8_NAMES = 0x800
const DEFLATED = 8
const REGULAR_FILE = 0o100000
/** Without Zip64, which not every reader has. */
const LARGEST = 0xffffffff
/** The first day of the DOS calendar. */
const EARLIEST = Date.UTC(1980, 0, 1) / 1000

/**
 * A zip archive whose bytes depend on its files and the time alone: no extra fields, no comments, times in
 * UTC.
 *
 * @param epoch seconds since 1970; what is before 1980 becomes that year's first day
 * @throws an Error where it would be larger than 4 GB
 */
export async function zip(
  entries: readonly ArchiveEntry[],
  epoch: number,
  compression: PackCompression = 'best',
): Promise<Buffer> {
  const time = dosTime(Math.max(epoch, EARLIEST))
  const parts: Uint8Array[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { path, mode, content } of inOrder(entries)) {
    const name = Buffer.from(path)
    const packed = await promisify(deflateRaw)(content, { level: LEVELS[compression] })
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(VERSION_NEEDED, 0)
    facts.writeUInt16LE(UTF8_NAMES, 2)
    facts.writeUInt16LE(DEFLATED, 4)
    facts.writeUInt32LE(time, 6)
    facts.writeUInt32LE(crc32(content), 10)
    facts.writeUInt32LE(packed.length, 14)
    facts.writeUInt32LE(content.length, 18)
    facts.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([word(LOCAL), facts, name])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((REGULAR_FILE | mode) << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    const made = Buffer.alloc(2)
    made.writeUInt16LE(MADE_BY_UNIX, 0)
    directory.push(Buffer.concat([word(CENTRAL), made, facts, rest, name]))
    parts.push(local, packed)
    offset += local.length + packed.length
    if (offset > LARGEST) throw new Error('a zip archive cannot be larger than 4 GB')
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, word(END), end])
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** Time in the lower, date in the upper half; two seconds are one. */
function dosTime(epoch: number): number {
  const date = new Date(epoch * 1000)
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate()
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)
  return ((day << 16) | time) >>> 0
}
