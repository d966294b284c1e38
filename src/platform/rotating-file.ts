import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LineSink } from '../model/ports/line-sink.ts'

export interface RotatingFileOptions {
  /** Bytes after which the file becomes `PATH.1` and a new one is begun; default 10 MiB. */
  readonly size?: number
}

const DEFAULT_SIZE = 10 * 1024 * 1024
/** Permission bits of the file: a log may hold what is nobody else's business. */
const MODE = 0o640

/**
 * A log file of at most `size` bytes, and the one before it. A line is with the system when `write`
 * returns. What cannot be written is counted, and the count is written as soon as writing works again.
 */
export function rotatingFile(
  path: string,
  { size = DEFAULT_SIZE }: RotatingFileOptions = {},
): LineSink {
  let file: number | null = null
  let used = 0
  let lost = 0

  function open(): number {
    if (file === null) {
      mkdirSync(dirname(path), { recursive: true })
      file = openSync(path, 'a', MODE)
      used = fstatSync(file).size
    }
    return file
  }

  function close(): void {
    if (file === null) return
    const closing = file
    file = null
    closeSync(closing)
  }

  function append(text: string): void {
    const bytes = Buffer.from(text)
    if (used > 0 && used + bytes.length > size) rotate()
    const target = open()
    for (let at = 0; at < bytes.length; ) at += writeSync(target, bytes, at)
    used += bytes.length
  }

  function rotate(): void {
    close()
    renameSync(path, `${path}.1`)
  }

  return {
    write(line) {
      try {
        open()
        append(
          lost === 0
            ? `${line}\n`
            : `(${lost} lines before this one could not be written)\n${line}\n`,
        )
        lost = 0
      } catch {
        lost += 1
        try {
          close()
        } catch {
          // The descriptor is given up in any case.
        }
      }
    },
    close() {
      try {
        close()
      } catch {
        // Nothing is left to be written.
      }
    },
  }
}
