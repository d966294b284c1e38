import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Terminal } from '../model/ports/terminal.ts'

/**
 * Standard output or error, written synchronously, so that the last line before an exit is not lost.
 * Colour is for terminals alone, and NO_COLOR (no-color.org) turns it off.
 */
export function terminal(descriptor: 1 | 2): Terminal {
  return {
    colour: isatty(descriptor) && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
    line(text) {
      writeAll(descriptor, Buffer.from(`${text}\n`))
    },
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let rest = bytes
  for (let attempts = 0; rest.length > 0 && attempts < 1_000; attempts += 1) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A pipe whose reader is slow: give it a moment. A reader that is gone: there is nobody to tell.
      if (code !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
