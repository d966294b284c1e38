import { open } from 'node:fs/promises'
import type { Clock } from '../model/ports/clock.ts'
import type { LogFiles, TailOptions } from '../model/ports/log-files.ts'
import { lineSplitter, sinceFilter } from '../output/log-text.ts'
import {
  beginsWith,
  bytesOf,
  closeAll,
  headOf,
  openRotated,
  type RotatedLog,
} from './rotated-logs.ts'

/** How often a followed file is looked at: what people take for at once. */
const POLL = 200
/** Where reading goes on, in which file, and the beginning of a line that is not ended yet. */
interface Position {
  identity: string | null
  offset: number
  /** First bytes of the file: by these it is known when it was packed. */
  head: Buffer
  /** First bytes of the newest rotated file when this one was begun. */
  before: Buffer
  /** Both are known. */
  known: boolean
  /** The file itself, while it is followed: what is in it can be read wherever it has been moved. */
  held: RotatedLog | null
}

/**
 * Log files by their paths, rotated and packed ones with them. Nobody is kept from rotating or
 * removing them: on Windows, where an open file would, they are opened for each look and closed
 * again. Whoever writes them is not asked for anything.
 */
export function logFiles(clock: Clock): LogFiles {
  return {
    async *tail(
      path,
      { last, keep = () => true, since = null, follow, missed, signal }: TailOptions,
    ) {
      const position = startPosition()
      const splitter = lineSplitter()
      const wanted = sinceFilter(since, keep)
      const next = (): AsyncIterable<string> => nextLines(path, position, splitter, follow, missed)
      try {
        if (last === null) yield* existing()
        else yield* await newest(last)
        while (follow && !signal?.aborted) {
          yield* filtered(next(), wanted)
          await clock.sleep(POLL, signal).catch((error: unknown) => {
            if (!signal?.aborted) throw error
          })
        }
      } finally {
        await position.held?.handle.close()
      }

      /** All of it, oldest first. */
      async function* existing(): AsyncGenerator<string> {
        const rotated = await begin(path, position)
        try {
          for (const log of rotated) {
            if (since !== null && log.written < since.getTime()) continue
            for await (const line of wholeLines(log)) if (wanted(line)) yield line
          }
        } finally {
          await closeAll(rotated)
        }
        yield* present(wanted)
      }

      /** The newest ones; older files are not read when there are enough. */
      async function newest(count: number): Promise<string[]> {
        const rotated = await begin(path, position)
        try {
          let lines = await lastOf(present(wanted), count)
          for (const log of rotated.toReversed()) {
            if (lines.length >= count) break
            if (since !== null && log.written < since.getTime()) break
            const older = filtered(wholeLines(log), sinceFilter(since, keep))
            lines = [...(await lastOf(older, count - lines.length)), ...lines]
          }
          return lines
        } finally {
          await closeAll(rotated)
        }
      }

      async function* present(wants: (line: string) => boolean): AsyncGenerator<string> {
        yield* filtered(next(), wants)
        if (!follow) for (const line of splitter.end()) if (wants(line)) yield line
      }
    },
  }
}

/** Fixes where the present file begins, and opens those before it. */
async function begin(path: string, position: Position): Promise<RotatedLog[]> {
  position.identity = await identityOf(path)
  const older: RotatedLog[] = []
  for (const log of await openRotated(path)) {
    // Rotated in this very moment: it is read as the present one.
    if ((await identityOfHandle(log.handle)) === position.identity) await log.handle.close()
    else older.push(log)
  }
  return older
}

async function* wholeLines(log: RotatedLog): AsyncGenerator<string> {
  const splitter = lineSplitter()
  for await (const bytes of bytesOf(log)) yield* splitter.push(bytes)
  yield* splitter.end()
}

async function* filtered(
  lines: AsyncIterable<string>,
  wants: (line: string) => boolean,
): AsyncGenerator<string> {
  for await (const line of lines) if (wants(line)) yield line
}

async function lastOf(lines: AsyncIterable<string>, count: number): Promise<string[]> {
  const last: string[] = []
  for await (const line of lines) {
    last.push(line)
    // In steps, so that a long log is not moved up for each line.
    if (last.length > 2 * count + 1024) last.splice(0, last.length - count)
  }
  return count === 0 ? [] : last.slice(-count)
}

type Splitter = ReturnType<typeof lineSplitter>

function startPosition(): Position {
  const none = Buffer.alloc(0)
  return { identity: null, offset: 0, head: none, before: none, known: false, held: null }
}

/** What was written since; when the file was rotated meanwhile, what went to the older ones first. */
async function* nextLines(
  path: string,
  position: Position,
  splitter: Splitter,
  hold: boolean,
  missed?: () => void,
): AsyncGenerator<string> {
  for (;;) {
    const present = await identityOf(path)
    if (position.identity === null || present === position.identity) break
    // One file at a time: while its lines are taken, more may be rotated.
    const rotated = await openRotated(path)
    const { held, offset } = position
    let next: RotatedLog | undefined
    try {
      const heads = await Promise.all(rotated.map(headOf))
      let from = await indexOfPosition(rotated, heads, position)
      const old = held ?? rotated[from]
      if (old !== undefined) yield* splitLines(old, offset, splitter)
      yield* splitter.end()
      if (from === -1) {
        const { before } = position
        from = before.length === 0 ? -1 : heads.findIndex((head) => beginsWith(head, before))
        // With none newer than before it was not rotated but removed.
        if (from < rotated.length - 1 || old === undefined) missed?.()
      }
      next = rotated[from + 1]
      const start = startPosition()
      if (next === undefined) Object.assign(position, start, { identity: present })
      else {
        const [identity, head] = [await identityOfHandle(next.handle), heads[from + 1]]
        Object.assign(position, start, { identity, head, held: next })
      }
    } finally {
      await closeAll(rotated.filter((log) => log !== next))
      await held?.handle.close()
    }
  }
  yield* moreLines(path, position, splitter, hold && process.platform !== 'win32')
  if (hold && !position.known) await remember(path, position)
}

async function* splitLines(
  log: RotatedLog,
  offset: number,
  splitter: Splitter,
): AsyncGenerator<string> {
  for await (const bytes of bytesOf(log, offset)) yield* splitter.push(bytes)
}

/** Which of the rotated files is the one that was read; the newest where several look like it. */
async function indexOfPosition(
  rotated: readonly RotatedLog[],
  heads: readonly Buffer[],
  position: Position,
): Promise<number> {
  for (let index = rotated.length - 1; index >= 0; index -= 1) {
    const log = rotated[index] as RotatedLog
    const { dev, ino } = await log.handle.stat({ bigint: true })
    const same = log.packed || `${dev}:${ino}` === position.identity
    const alike = position.head.length === 0 || beginsWith(heads[index] as Buffer, position.head)
    if (same && alike && (position.head.length > 0 || !log.packed)) return index
  }
  return -1
}

/** By what the present file, and the one before it, are known again. */
async function remember(path: string, position: Position): Promise<void> {
  const rotated = await openRotated(path)
  const handle = await openOrNull(path)
  try {
    const newest = rotated.at(-1)
    const before = newest === undefined ? Buffer.alloc(0) : await headOf(newest)
    // Rotated meanwhile: what was read last is among the older ones by now.
    if (handle === null || (await identityOfHandle(handle)) !== position.identity) return
    position.before = before
    position.known = true
    position.head = await headOf({ packed: false, handle, written: 0 })
  } finally {
    await handle?.close()
    await closeAll(rotated)
  }
}

/** The whole lines from the position to the present end of the file. */
async function* moreLines(
  path: string,
  position: Position,
  splitter: Splitter,
  hold: boolean,
): AsyncGenerator<string> {
  const handle = position.held?.handle ?? (await openOrNull(path))
  if (handle === null) return
  const log: RotatedLog = { packed: false, handle, written: 0 }
  try {
    const { size } = await handle.stat()
    const identity = await identityOfHandle(handle)
    position.identity ??= identity
    // Rotated since it was looked at: the next look sees to it.
    if (position.identity !== identity) return
    if (hold) position.held = log
    // Emptied in place: what is there now is all new.
    if (size < position.offset || !(await beginsAsBefore(log, position, size))) {
      position.offset = 0
      position.head = await headOf(log)
      splitter.forget()
    }
    for await (const bytes of bytesOf(log, position.offset)) {
      position.offset += bytes.length
      yield* splitter.push(bytes)
      // What came meanwhile, while the lines were taken, is for the next look: it may be emptied.
      if (position.offset >= size) break
    }
  } finally {
    if (position.held?.handle !== handle) await handle.close()
  }
}

/** A file that was emptied may have grown beyond where it was read since: then it begins otherwise. */
async function beginsAsBefore(log: RotatedLog, position: Position, size: number): Promise<boolean> {
  if (size === position.offset) return true
  const head = await headOf(log)
  if (position.head.length > 0 && !beginsWith(head, position.head)) return false
  position.head = head
  return true
}

async function identityOf(path: string): Promise<string | null> {
  const handle = await openOrNull(path)
  if (handle === null) return null
  try {
    return await identityOfHandle(handle)
  } finally {
    await handle.close()
  }
}

async function identityOfHandle(handle: RotatedLog['handle']): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true })
  return `${dev}:${ino}`
}

async function openOrNull(path: string): Promise<RotatedLog['handle'] | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
