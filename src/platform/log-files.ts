import { type FileHandle, open } from 'node:fs/promises'
import type { Clock } from '../model/ports/clock.ts'
import type { LogFiles, TailOptions } from '../model/ports/log-files.ts'

/** How often a followed file is looked at: what people take for at once. */
const POLL = 200
const CHUNK = 64 * 1024
/** A line longer than this is cut, so that a file without line ends cannot fill the memory. */
const MAX_LINE = 1024 * 1024

/** Where reading goes on, in which file, and the beginning of a line that is not ended yet. */
interface Position {
  identity: string | null
  offset: number
  rest: Buffer
  /** The file itself, while it is followed: what is in it can be read wherever it has been moved. */
  held: FileHandle | null
}

/**
 * Log files by their paths. Nobody is kept from rotating or removing them: on Windows, where an open
 * file would, they are opened for each look and closed again.
 */
export function logFiles(clock: Clock): LogFiles {
  return {
    async *tail(path, { last, keep = () => true, follow, missed, signal }: TailOptions) {
      const position = beginning()
      const newest: string[] = []
      const take = (line: string): void => {
        if (!keep(line)) return
        newest.push(line)
        if (last !== null && newest.length > last) newest.shift()
      }
      const before = beginning()
      for await (const line of moreLines(`${path}.1`, before)) take(line)
      if (before.rest.length > 0) take(textOf(before.rest))
      for await (const line of moreLines(path, position)) take(line)
      if (!follow && position.rest.length > 0) take(textOf(position.rest))
      yield* newest
      try {
        while (follow && !signal?.aborted) {
          for await (const line of nextLines(path, position, missed)) if (keep(line)) yield line
          await clock.sleep(POLL, signal).catch((error: unknown) => {
            if (!signal?.aborted) throw error
          })
        }
      } finally {
        await position.held?.close()
      }
    },
  }
}

/** What was written since; when the file was rotated meanwhile, first what the old one still got. */
async function* nextLines(
  path: string,
  position: Position,
  missed?: () => void,
): AsyncGenerator<string> {
  if (position.identity !== null && (await identityOf(path)) !== position.identity) {
    const { held } = position
    if (held !== null) yield* linesOf(held, position)
    else yield* moreLines(`${path}.1`, position)
    if (!(await isNewestRotated(path, position))) missed?.()
    if (position.rest.length > 0) yield textOf(position.rest)
    await held?.close()
    Object.assign(position, beginning())
  }
  if (position.held !== null) yield* linesOf(position.held, position)
  else yield* moreLines(path, position, process.platform !== 'win32')
}

/** Is the file that was read the one before the present, packed or not? */
async function isNewestRotated(path: string, { identity, offset }: Position): Promise<boolean> {
  if ((await identityOf(`${path}.1`)) === identity) return true
  return (await unpackedSize(`${path}.1.gz`)) === offset % 2 ** 32
}

/** What the last four bytes of a gzip file say (RFC 1952, ISIZE): its size before, modulo 2^32. */
async function unpackedSize(path: string): Promise<number | null> {
  const file = await openOrNull(path)
  if (file === null) return null
  try {
    const { size } = await file.stat()
    const bytes = Buffer.alloc(4)
    const { bytesRead } = await file.read(bytes, 0, 4, Math.max(0, size - 4))
    return bytesRead === 4 ? bytes.readUInt32LE(0) : null
  } finally {
    await file.close()
  }
}

/** The whole lines of the file with that path, where it is the file that the position is in. */
async function* moreLines(path: string, position: Position, hold = false): AsyncGenerator<string> {
  const file = await openOrNull(path)
  if (file === null) return
  let held = false
  try {
    const identity = await identityOfHandle(file)
    position.identity ??= identity
    // Rotated since it was looked at: the next look sees to it.
    if (position.identity !== identity) return
    if (hold) {
      position.held = file
      held = true
    }
    yield* linesOf(file, position)
  } finally {
    if (!held) await file.close()
  }
}

/** The whole lines from the position to the present end of the file. */
async function* linesOf(file: FileHandle, position: Position): AsyncGenerator<string> {
  // Emptied in place: what is there now is all new.
  if ((await file.stat()).size < position.offset) {
    position.offset = 0
    position.rest = Buffer.alloc(0)
  }
  const chunk = Buffer.alloc(CHUNK)
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK, position.offset)
    if (bytesRead === 0) return
    position.offset += bytesRead
    let data = Buffer.concat([position.rest, chunk.subarray(0, bytesRead)])
    for (let end = lineEnd(data); end !== -1; end = lineEnd(data)) {
      yield textOf(data.subarray(0, end))
      data = data.subarray(data[end] === 0x0a ? end + 1 : end)
    }
    position.rest = Buffer.from(data)
  }
}

function beginning(): Position {
  return { identity: null, offset: 0, rest: Buffer.alloc(0), held: null }
}

function lineEnd(data: Buffer): number {
  const end = data.indexOf(0x0a)
  if (end === -1) return data.length > MAX_LINE ? MAX_LINE : -1
  return Math.min(end, MAX_LINE)
}

function textOf(line: Buffer): string {
  const end = line.at(-1) === 0x0d ? line.length - 1 : line.length
  return line.toString('utf8', 0, end)
}

async function identityOf(path: string): Promise<string | null> {
  const file = await openOrNull(path)
  if (file === null) return null
  try {
    return await identityOfHandle(file)
  } finally {
    await file.close()
  }
}

async function identityOfHandle(file: FileHandle): Promise<string> {
  const { dev, ino } = await file.stat({ bigint: true })
  return `${dev}:${ino}`
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
