import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { decodeText } from '../model/decode-text.ts'
import type { ConfigFileProblem, ConfigFiles } from '../model/ports/config-files.ts'

/** More than this is refused before it is read. */
export const MAX_CONFIG_BYTES = 1024 * 1024

/** The files of this machine. What is no regular file is never waited for: a FIFO has no end. */
export function configFiles(): ConfigFiles {
  return {
    read(path) {
      try {
        return decoded(bytesOf(path))
      } catch (error) {
        return { ...problemOf(path, error as NodeJS.ErrnoException), cause: error }
      }
    },
    names(directory) {
      try {
        return readdirSync(directory).sort()
      } catch {
        return []
      }
    },
  }
}

function decoded(bytes: Uint8Array | string): { text: string } | ConfigFileProblem {
  if (typeof bytes === 'string') return { problem: bytes, missing: false }
  const read = decodeText(bytes)
  return 'text' in read ? read : { problem: read.problem, missing: false }
}

/** The bytes, or in words why they are not read. */
function bytesOf(path: string): Uint8Array | string {
  // Opening a FIFO to read waits for a writer unless it is told not to: open(2).
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const facts = fstatSync(descriptor)
    if (facts.isDirectory()) return 'it is a directory'
    if (!facts.isFile()) return 'it is not a regular file'
    if (facts.size > MAX_CONFIG_BYTES) return tooLong(`${facts.size} bytes`)
    // It may grow while it is read.
    const buffer = Buffer.alloc(MAX_CONFIG_BYTES + 1)
    let length = 0
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, length)
    return length > MAX_CONFIG_BYTES ? tooLong('more') : buffer.subarray(0, length)
  } finally {
    closeSync(descriptor)
  }
}

function tooLong(size: string): string {
  return `it has ${size}; a configuration has ${MAX_CONFIG_BYTES} at most`
}

function problemOf(path: string, { code, message }: NodeJS.ErrnoException): ConfigFileProblem {
  if (code === 'ENOENT' || code === 'ENOTDIR') return missing(path)
  if (code === 'EACCES' || code === 'EPERM')
    return { problem: 'you have no right to read it', missing: false }
  if (code === 'EISDIR') return { problem: 'it is a directory', missing: false }
  if (code === 'ELOOP') return { problem: 'its links lead in a circle', missing: false }
  return { problem: message, missing: false }
}

function missing(path: string): ConfigFileProblem {
  try {
    if (lstatSync(path).isSymbolicLink())
      return {
        problem: `it is a link to ${readlinkSync(path)}, which is not there`,
        missing: false,
      }
  } catch {
    // Nor is there a link.
  }
  return { problem: 'there is no such file', missing: true }
}
