import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { EventFile, EventPart } from '../../model/ports/event-file.ts'
import { appendWhole, openOrNull } from './appended-file.ts'

const MODE = 0o600
/** Digits of the number that is kept in place. */
const DIGITS = 16

/**
 * `PATH`, the one before as `PATH.1`, and `PATH.number`: a file of fixed size, written in place, which
 * a full disk does not hinder.
 *
 * @throws what the system says when the directory or the files cannot be made
 */
export function eventFile(path: string): EventFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let present = openSync(path, 'a+', MODE)
  let size = fstatSync(present).size
  let before = openOrNull(`${path}.1`)
  const marks = openSync(`${path}.number`, constants.O_RDWR | constants.O_CREAT, MODE)
  if (fstatSync(marks).size < DIGITS) keep(0)

  function keep(number: number): void {
    writeSync(marks, String(number).padStart(DIGITS, '0'), 0)
  }

  function descriptorOf(part: EventPart): number | null {
    return part === 'present' ? present : before
  }

  return {
    append(text) {
      size = appendWhole(present, size, text)
    },
    size(part) {
      if (part === 'present') return size
      return before === null ? 0 : fstatSync(before).size
    },
    read(part, offset, length) {
      const descriptor = descriptorOf(part)
      if (descriptor === null) return Buffer.alloc(0)
      const bytes = Buffer.allocUnsafe(length)
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset))
    },
    rotate() {
      // Windows puts nothing in the place of a file that is open.
      if (before !== null) closeSync(before)
      before = null
      try {
        renameSync(path, `${path}.1`)
      } catch (error) {
        before = openOrNull(`${path}.1`)
        throw error
      }
      before = present
      present = openSync(path, 'a+', MODE)
      size = fstatSync(present).size
    },
    mark: keep,
    marked() {
      const bytes = Buffer.alloc(DIGITS)
      const text = bytes.toString('latin1', 0, readSync(marks, bytes, 0, DIGITS, 0))
      return /^\d+$/.test(text) ? Number(text) : 0
    },
    close() {
      closeSync(present)
      if (before !== null) closeSync(before)
      closeSync(marks)
    },
  }
}
