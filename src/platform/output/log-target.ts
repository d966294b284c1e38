import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { devNull } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { LogRotation } from '../../model/program-spec.ts'
import { rotatedNames, rotationPlan } from '../../output/rotation-names.ts'
import { lastRotationTime } from '../../output/rotation-times.ts'

/** Permission bits of a log: it may hold what is nobody else's business. */
const MODE = 0o640
/** How often, while something is written, the path is asked whether it is still this file. */
const LOOK_EVERY = 250
const NEWLINE = 0x0a
const COPY = 256 * 1024
/** After a rotation that failed the file grows on for so long before the next try. */
const NOT_ROTATED_FOR = 60_000
const { O_RDWR, O_CREAT, O_NONBLOCK, O_NOCTTY } = constants

/** A log file that is written at its end, and rotated. All calls are synchronous, and throw errno. */
export interface LogTarget {
  readonly path: string
  /**
   * Has it open: at first, after it was deleted, renamed, or its directory went, and rotates it
   * when its time has come. What went into a deleted file since the last look is copied.
   */
  prepare(now: number): void
  fd(): number
  offset(): number
  /** False for a pipe or a device, which have no size and are never rotated. */
  seekable(): boolean
  /** Bytes until the file is as large as it may be; infinite without a limit. */
  room(): number
  /** Writes all of it, or nothing and throws; for what is not seekable, as much as it takes. */
  write(bytes: Uint8Array, length: number): number
  /** So many bytes were put at the offset by somebody else. */
  advance(bytes: number): void
  /** The last byte is no line break. */
  endsOpen(): boolean
  /** Begins a new file, unless this one is empty. */
  rotate(now: number): void
  /** Empties the file. */
  clear(now: number): void
  rotateBy(rotation: LogRotation): void
  /**
   * Does what is due by the time of day, also where nothing is written: rotates, and removes what is
   * too old. Returns when there is something to be done again; infinity for never.
   */
  tend(now: number): number
  close(): void
}

export function logTarget(
  path: string,
  initial: LogRotation,
  onRotated: (rotated: string) => void,
): LogTarget {
  let rotation = initial
  let fd = -1
  let offset = 0
  let seekable = false
  let identity = ''
  let lookedAt = 0
  /** The offset when the path was last known to be this file. */
  let known = 0
  let dueBefore = 0
  let rotatesFrom = 0

  function open(now: number): void {
    if (path !== devNull) mkdirSync(dirname(path), { recursive: true })
    // Never waits for the other end of a pipe; a file does not mind.
    fd = openSync(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOCTTY, MODE)
    const stat = fstatSync(fd, { bigint: true })
    identity = `${stat.dev}:${stat.ino}`
    seekable = stat.isFile()
    offset = known = seekable ? Number(stat.size) : 0
    lookedAt = now
    const { every } = rotation
    dueBefore =
      every === null ? 0 : lastRotationTime(offset > 0 ? Number(stat.mtimeMs) : now, every)
  }

  function close(): void {
    if (fd === -1) return
    const closing = fd
    fd = -1
    closeSync(closing)
  }

  /** Whether the path has been taken from the file that is open. */
  function look(now: number): void {
    lookedAt = now
    let there = ''
    try {
      const stat = statSync(path, { bigint: true })
      there = `${stat.dev}:${stat.ino}`
      // Emptied in place by somebody: go on at its end, not behind a hole.
      if (there === identity && Number(stat.size) < offset) offset = Number(stat.size)
    } catch {
      // Gone; or so it seems, and then opening tells why.
    }
    if (there === identity) {
      known = offset
      return
    }
    const old = fd
    const from = known
    const to = offset
    const deleted = fstatSync(old).nlink === 0
    fd = -1
    try {
      open(now)
      if (deleted && seekable) copy(old, from, to)
    } finally {
      closeSync(old)
    }
  }

  function copy(old: number, from: number, to: number): void {
    const buffer = Buffer.allocUnsafe(Math.min(COPY, to - from))
    for (let at = from; at < to; ) {
      const read = readSync(old, buffer, 0, Math.min(buffer.length, to - at), at)
      if (read === 0) return
      writeWhole(buffer, read)
      at += read
    }
  }

  function writeWhole(bytes: Uint8Array, length: number): void {
    let written = 0
    try {
      while (written < length) {
        written += writeSync(fd, bytes, written, length - written, offset + written)
      }
    } catch (error) {
      // A piece of a line helps nobody, and what is counted as dropped must not be there.
      ftruncateSync(fd, offset)
      throw error
    }
    offset += length
  }

  function rotate(now: number): void {
    if (!seekable || offset === 0 || now < rotatesFrom) return
    close()
    try {
      moveUp()
      rotatesFrom = 0
    } catch {
      // Better a file that is too large than lines that are lost.
      rotatesFrom = now + NOT_ROTATED_FOR
    }
    offset = known = 0
    try {
      removeOld(now)
      open(now)
    } catch {
      // Writing fails now, and says why; the next look at it opens it again.
    }
    if (rotatesFrom === 0 && rotation.keep > 0) onRotated(path)
  }

  function moveUp(): void {
    const directory = dirname(path)
    const plan = rotationPlan(basename(path), readdirSync(directory), rotation.keep)
    for (const name of plan.remove) rmSync(join(directory, name), { force: true })
    for (const { from, to } of plan.rename) {
      try {
        renameSync(join(directory, from), join(directory, to))
      } catch (error) {
        // Somebody took it away meanwhile: there is one less.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
  }

  /** Returns when the next one is too old. */
  function removeOld(now: number): number {
    let next = Number.POSITIVE_INFINITY
    if (rotation.maxAge === null) return next
    const directory = dirname(path)
    for (const { name } of rotatedNames(basename(path), readdirSync(directory))) {
      const file = join(directory, name)
      const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now)
      if (age > rotation.maxAge) rmSync(file, { force: true })
      else next = Math.min(next, now + rotation.maxAge - age + 1)
    }
    return next
  }

  const target: LogTarget = {
    path,
    prepare(now) {
      if (fd === -1) {
        open(now)
        removeOld(now)
      } else if (seekable && Math.abs(now - lookedAt) >= LOOK_EVERY) look(now)
      if (now >= rotatesFrom) rotatesFrom = 0
      if (rotation.every !== null && seekable) {
        const due = lastRotationTime(now, rotation.every)
        if (due > dueBefore) {
          rotate(now)
          dueBefore = due
        }
      }
    },
    fd: () => fd,
    offset: () => offset,
    seekable: () => seekable,
    room: () =>
      seekable && rotation.size !== null && rotatesFrom === 0
        ? rotation.size - offset
        : Number.POSITIVE_INFINITY,
    write(bytes, length) {
      if (!seekable) return writeSync(fd, bytes, 0, length)
      writeWhole(bytes, length)
      return length
    },
    advance(bytes) {
      offset += bytes
    },
    endsOpen() {
      if (!seekable || offset === 0) return false
      const last = Buffer.alloc(1)
      return readSync(fd, last, 0, 1, offset - 1) === 1 && last[0] !== NEWLINE
    },
    rotate,
    clear() {
      if (!seekable) return
      ftruncateSync(fd, 0)
      offset = known = 0
    },
    rotateBy(next) {
      rotation = next
    },
    tend(now) {
      const { every, maxAge } = rotation
      if ((every === null && maxAge === null) || !existsSync(path)) return Number.POSITIVE_INFINITY
      target.prepare(now)
      const rotates =
        every === null ? Number.POSITIVE_INFINITY : lastRotationTime(now, every) + every
      return Math.min(rotates, removeOld(now))
    },
    close,
  }
  return target
}
