import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { rotatedNames } from '../output/rotation-names.ts'

/** So many first bytes tell one log from another, packed or not. */
const HEAD = 512
const CHUNK = 64 * 1024

/** One file of a log, open for one look. */
export interface RotatedLog {
  readonly packed: boolean
  readonly handle: FileHandle
  /** Milliseconds since 1970 of the last write. */
  readonly written: number
}

/** The rotated files of a log, oldest first, all open, so that a rotation meanwhile moves none away. */
export async function openRotated(path: string): Promise<RotatedLog[]> {
  const opened: RotatedLog[] = []
  const known = new Set<number>()
  const names = await readdir(dirname(path)).catch(() => [])
  for (const { name, number, packed } of rotatedNames(basename(path), names)) {
    // Being packed: the plain one comes first and is whole.
    if (known.has(number)) continue
    const handle = await open(join(dirname(path), name), 'r').catch(() => null)
    if (handle === null) continue
    known.add(number)
    opened.push({ packed, handle, written: (await handle.stat()).mtimeMs })
  }
  return opened.reverse()
}

export async function closeAll(logs: readonly RotatedLog[]): Promise<void> {
  await Promise.all(logs.map(({ handle }) => handle.close()))
}

/** The bytes of a file from `offset` on, unpacked. */
export async function* bytesOf(log: RotatedLog, offset = 0): AsyncGenerator<Buffer> {
  if (!log.packed) {
    yield* storedBytes(log, offset)
    return
  }
  let skip = offset
  const packed = Readable.from(storedBytes(log, 0))
  const unpacked = packed.pipe(createGunzip())
  packed.on('error', (error) => unpacked.destroy(error))
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      const rest = chunk.subarray(Math.min(skip, chunk.length))
      skip -= chunk.length - rest.length
      if (rest.length > 0) yield rest
    }
  } finally {
    packed.destroy()
  }
}

async function* storedBytes({ handle }: RotatedLog, offset: number): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const { bytesRead } = await handle.read(chunk, 0, CHUNK, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield chunk.subarray(0, bytesRead)
  }
}

/** The first bytes of a file, at most {@link HEAD}. */
export async function headOf(log: RotatedLog): Promise<Buffer> {
  let head = Buffer.alloc(0)
  try {
    for await (const bytes of bytesOf(log)) {
      head = Buffer.concat([head, bytes.subarray(0, HEAD - head.length)])
      if (head.length === HEAD) break
    }
  } catch {
    // A packed file that is damaged is like no other.
  }
  return head
}

/** Whether a file that began with `head` when it was shorter can be this one. */
export function beginsWith(full: Buffer, head: Buffer): boolean {
  return head.length > 0 && full.length >= head.length && full.subarray(0, head.length).equals(head)
}
