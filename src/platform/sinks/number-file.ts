import { closeSync, constants, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const DIGITS = 16
const MODE = 0o600

/** A number in a file of fixed size, written in place: a full disk does not hinder it. */
export interface NumberFile {
  /** Null where there is none yet. */
  read(): number | null
  write(number: number): void
  /** Closes it, and removes it with `remove`. */
  close(options: { readonly remove: boolean }): void
}

/** @throws what the system says where it cannot be made */
export function numberFile(path: string): NumberFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, MODE)
  return {
    read() {
      const bytes = Buffer.alloc(DIGITS)
      const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, DIGITS, 0))
      return /^\d{16}$/.test(text) ? Number(text) : null
    },
    write(number) {
      writeSync(fd, String(number).padStart(DIGITS, '0'), 0)
    },
    close({ remove }) {
      closeSync(fd)
      if (remove) rmSync(path, { force: true })
    },
  }
}
