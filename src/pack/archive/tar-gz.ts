import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PackCompression } from '../../model/pack-spec.ts'
import { type ArchiveEntry, inOrder, LEVELS } from './archive-entry.ts'

const BLOCK = 512
/** Field lengths of a ustar header (POSIX.1-1988). */
const NAME = 100
const PREFIX = 155
/** The byte of a gzip header that names the system, RFC 1952: unknown, the same on all of them. */
const SYSTEM_AT = 9
const UNKNOWN_SYSTEM = 255

/**
 * A gzipped tar archive whose bytes depend on its files and the time alone: ustar headers, owner 0 without
 * a name, no extended headers, no name and no time in the head of gzip.
 *
 * @param epoch seconds since 1970, the time of every file
 * @throws an Error for a path that ustar cannot hold
 */
export async function tarGz(
  entries: readonly ArchiveEntry[],
  epoch: number,
  compression: PackCompression = 'best',
): Promise<Buffer> {
  const packed = await promisify(gzip)(tar(entries, epoch), { level: LEVELS[compression] })
  packed[SYSTEM_AT] = UNKNOWN_SYSTEM
  return packed
}

function tar(entries: readonly ArchiveEntry[], epoch: number): Buffer {
  const blocks = inOrder(entries).flatMap((entry) => {
    const { length } = entry.content
    return [header(entry, epoch), entry.content, Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)])
}

function header({ path, mode, content }: ArchiveEntry, epoch: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  const [prefix, name] = splitName(path)
  block.write(name, 0, NAME)
  octal(block, mode, 100, 8)
  octal(block, 0, 108, 8)
  octal(block, 0, 116, 8)
  octal(block, content.length, 124, 12)
  octal(block, epoch, 136, 12)
  block.fill(' ', 148, 156)
  block.write('0', 156)
  block.write('ustar\x0000', 257, 'latin1')
  block.write(prefix, 345, PREFIX)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function octal(block: Buffer, value: number, at: number, length: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
}

function splitName(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= NAME) return ['', path]
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= PREFIX && Buffer.byteLength(name) <= NAME)
      return [prefix, name]
  }
  throw new Error(`${path} is too long a path for a tar archive`)
}
