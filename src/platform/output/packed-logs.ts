import {
  type BigIntStats,
  createReadStream,
  createWriteStream,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { open, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { rotatedNames } from '../../output/rotation-names.ts'

const UNFINISHED = '.packing'

/** Where the packed copy of a rotated file is ready, and of which file it is. */
export interface PackedLog {
  readonly path: string
  /** What tells the file from every other: its name changes, its inode may be another's later. */
  readonly identity: string
  readonly packed: string
}

/**
 * Puts a packed copy in the place of its original, wherever rotation has moved that meanwhile. To be
 * called by the one who rotates, so that nothing moves in between.
 */
export function placePacked({ path, identity, packed }: PackedLog): void {
  const directory = dirname(path)
  try {
    for (const { name, packed: already } of rotatedNames(basename(path), readdirSync(directory))) {
      const file = join(directory, name)
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
      if (already || stat === undefined || identityIn(stat) !== identity) continue
      renameSync(packed, `${file}.gz`)
      rmSync(file, { force: true })
      return
    }
    rmSync(packed, { force: true })
  } catch {
    // The directory is gone, or read-only: the file stays as it is, unpacked.
  }
}

/** A rotated file that is not packed; its name may be another's a moment later. */
interface RotatedLog {
  readonly file: string
  readonly identity: string
  /** When it was last written, in milliseconds since 1970. */
  readonly written: number
}

/** Packs rotated logs one after the other in the background. */
export interface LogPacker {
  /** Everything of this log that is not packed yet; also what a guard left that was killed. */
  pack(path: string): void
  /** Resolves when the present file is done or given up. */
  close(): Promise<void>
}

/**
 * A file that was rotated by a flood of output is gone before it would be packed, and packing takes
 * time from those who write and store it. So a file rests for so long first, in milliseconds.
 */
const RESTS_FOR = 2_000

export function logPacker(place: (done: PackedLog) => void, restsFor = RESTS_FOR): LogPacker {
  const waiting = new Set<string>()
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let packings = 0

  async function work(): Promise<void> {
    for (const path of waiting) {
      waiting.delete(path)
      await packAll(path)
    }
    // In the same turn as the last look at what waits: what is asked for from now on begins anew.
    running = null
  }

  /** Rotation goes on meanwhile, so the directory is read again for each file. */
  async function packAll(path: string): Promise<void> {
    const tried = new Set<string>()
    while (!stop.signal.aborted) {
      const next = oldestUnpacked(path, tried)
      if (next === null) return
      const age = Math.abs(Date.now() - next.written)
      if (age < restsFor) {
        const options = { signal: stop.signal, ref: false }
        await setTimeout(restsFor - age, undefined, options).catch(() => {})
        continue
      }
      tried.add(next.identity)
      // Nobody waits for it, and an unpacked log is no failure: the next rotation tries again.
      await packOne(path, next).catch(() => {})
    }
  }

  async function packOne(path: string, { file, identity }: RotatedLog): Promise<void> {
    const original = await open(file, 'r')
    const stat = await original.stat({ bigint: true })
    if (identityIn(stat) !== identity) return await original.close()
    // A file of its own: the one before may be whole, and still wait for whoever rotates to put it in its place.
    packings += 1
    const target = join(dirname(path), `.${basename(path)}.${identity}.${packings}${UNFINISHED}`)
    try {
      const output = createWriteStream(target, { mode: Number(stat.mode), flush: true })
      const input = createReadStream('', { fd: original, highWaterMark: 256 * 1024 })
      await pipeline(input, createGzip(), output, { signal: stop.signal })
      await utimes(target, stat.atime, stat.mtime)
      place({ path, identity, packed: target })
    } catch (error) {
      rmSync(target, { force: true })
      throw error
    }
  }

  return {
    pack(path) {
      waiting.add(path)
      running ??= work()
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

function oldestUnpacked(path: string, tried: ReadonlySet<string>): RotatedLog | null {
  const directory = dirname(path)
  let oldest: RotatedLog | null = null
  try {
    for (const { name, packed } of rotatedNames(basename(path), readdirSync(directory))) {
      if (packed) continue
      const file = join(directory, name)
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
      if (stat === undefined || tried.has(identityIn(stat))) continue
      oldest = { file, identity: identityIn(stat), written: Number(stat.mtimeMs) }
    }
  } catch {
    // The directory is gone: there is nothing to pack.
  }
  return oldest
}

/** An inode is used again as soon as its file is gone; the time of birth outlives a change of name. */
function identityIn({ ino, birthtimeNs }: BigIntStats): string {
  return `${ino}-${birthtimeNs}`
}
