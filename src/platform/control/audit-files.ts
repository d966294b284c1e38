import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { AuditFiles, AuditReader } from '../../model/ports/audit-files.ts'
import { appendWhole, openOrNull } from './appended-file.ts'

const MODE = 0o600
/** Files kept beside the present one. */
const KEPT = 7
/** Bytes of what is kept in place. */
const MARK = 128
const BEGINNING = 64
/** No descriptor: what is written to it is refused. */
const CLOSED = -1

/**
 * `PATH`, those before as `PATH.1` to `PATH.7`, and `PATH.head`: of fixed size, written in place, which
 * a full disk does not hinder.
 *
 * @throws what the system says when the directory or the files cannot be made
 */
export function auditFiles(path: string): AuditFiles {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let present = openSync(path, 'a+', MODE)
  let size = fstatSync(present).size
  const head = openSync(`${path}.head`, constants.O_RDWR | constants.O_CREAT, MODE)

  return {
    append(text) {
      size = appendWhole(present, size, text)
    },
    size: () => size,
    cut(to) {
      ftruncateSync(present, to)
      size = to
    },
    rotate() {
      for (let number = KEPT; number > 0; number -= 1) {
        const from = number === 1 ? path : `${path}.${number - 1}`
        if (existsSync(from)) renameSync(from, `${path}.${number}`)
      }
      closeSync(present)
      present = openSync(path, 'a+', MODE)
      size = fstatSync(present).size
    },
    tail(length) {
      if (size > 0) return { text: endOf(present, size, length), present: true }
      const before = openOrNull(`${path}.1`)
      if (before === null) return { text: '', present: true }
      try {
        return { text: endOf(before, fstatSync(before).size, length), present: false }
      } finally {
        closeSync(before)
      }
    },
    begin() {
      const oldest = openOrNull(namesOf(path)[0] ?? path)
      if (oldest === null) return ''
      try {
        const bytes = Buffer.alloc(BEGINNING)
        return bytes.toString('utf8', 0, readSync(oldest, bytes, 0, BEGINNING, 0))
      } finally {
        closeSync(oldest)
      }
    },
    mark(text) {
      writeSync(head, text.padEnd(MARK), 0)
    },
    marked() {
      const bytes = Buffer.alloc(MARK)
      return bytes.toString('utf8', 0, readSync(head, bytes, 0, MARK, 0)).trim()
    },
    close() {
      closeSync(present)
      closeSync(head)
      // The number may be another file's by now.
      present = CLOSED
    },
  }
}

/** The same files for those who read them. */
export function auditReader(path: string): AuditReader {
  return {
    names: () => namesOf(path).map((one) => basename(one)),
    async read(name) {
      try {
        return await readFile(join(dirname(path), name), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
        throw error
      }
    },
    marked() {
      try {
        return readFileSync(`${path}.head`, 'utf8').trim()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
        throw error
      }
    },
  }
}

function namesOf(path: string): readonly string[] {
  const before = Array.from({ length: KEPT }, (_, index) => `${path}.${KEPT - index}`)
  return [...before, path].filter((one) => existsSync(one))
}

function endOf(file: number, size: number, length: number): string {
  const bytes = Buffer.alloc(Math.min(size, length))
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, size - bytes.length))
}
