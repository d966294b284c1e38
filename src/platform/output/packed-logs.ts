import {
  createReadStream,
  createWriteStream,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { rotatedNames } from '../../output/rotation-names.ts'

const UNFINISHED = '.packing'

/** Where the packed copy of a rotated file is ready, and of which file it is. */
export interface PackedLog {
  readonly path: string
  readonly inode: string
  readonly packed: string
}

/**
 * Puts a packed copy in the place of its original, wherever rotation has moved that meanwhile. To be
 * called by the one who rotates, so that nothing moves in between.
 */
export function placePacked({ path, inode, packed }: PackedLog): void {
  const directory = dirname(path)
  try {
    for (const { name, packed: already } of rotatedNames(basename(path), readdirSync(directory))) {
      const file = join(directory, name)
      if (already || inodeOf(file) !== inode) continue
      renameSync(packed, `${file}.gz`)
      rmSync(file, { force: true })
      return
    }
    rmSync(packed, { force: true })
  } catch {
    // The directory is gone, or read-only: the file stays as it is, unpacked.
  }
}

/** Packs rotated logs one after the other in the background. */
export interface LogPacker {
  /** Everything of this log that is not packed yet; also what a guard left that was killed. */
  pack(path: string): void
  /** Resolves when the present file is done or given up. */
  close(): Promise<void>
}

export function logPacker(place: (done: PackedLog) => void): LogPacker {
  const waiting = new Set<string>()
  const stop = new AbortController()
  let running: Promise<void> | null = null

  async function work(): Promise<void> {
    for (const path of waiting) {
      waiting.delete(path)
      if (stop.signal.aborted) return
      // Nobody waits for it, and an unpacked log is no failure: the next rotation tries again.
      await packAll(path).catch(() => {})
    }
  }

  async function packAll(path: string): Promise<void> {
    const directory = dirname(path)
    for (const { name, packed } of rotatedNames(basename(path), readdirSync(directory))) {
      if (packed || stop.signal.aborted) continue
      const file = await open(join(directory, name), 'r')
      const inode = String((await file.stat({ bigint: true })).ino)
      const target = join(directory, `.${basename(path)}.${inode}${UNFINISHED}`)
      const { mode, atime, mtime } = await file.stat()
      try {
        const output = createWriteStream(target, { mode, flush: true })
        const input = createReadStream('', { fd: file, highWaterMark: 256 * 1024 })
        await pipeline(input, createGzip(), output, { signal: stop.signal })
        const packedFile = await open(target, 'r+')
        await packedFile.utimes(atime, mtime)
        await packedFile.close()
        place({ path, inode, packed: target })
      } catch (error) {
        rmSync(target, { force: true })
        throw error
      }
    }
  }

  return {
    pack(path) {
      waiting.add(path)
      running ??= work().finally(() => {
        running = null
      })
    },
    async close() {
      stop.abort()
      await running
    },
  }
}

/** Removes what a guard that was killed left half done. */
export function removeUnfinished(path: string): void {
  const directory = dirname(path)
  try {
    for (const name of readdirSync(directory)) {
      const ours = name.startsWith(`.${basename(path)}.`) && name.endsWith(UNFINISHED)
      if (ours) rmSync(join(directory, name), { force: true })
    }
    const names = rotatedNames(basename(path), readdirSync(directory))
    for (const { name, packed } of names) {
      // Killed between the two steps of taking its place: the packed one is whole.
      const done = !packed && names.some((other) => other.name === `${name}.gz`)
      if (done) rmSync(join(directory, name), { force: true })
    }
  } catch {
    // No directory yet.
  }
}

function inodeOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : String(stat.ino)
}
