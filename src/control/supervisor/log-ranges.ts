import type { FileRange } from '../../model/ports/file-pieces.ts'
import { RpcFault } from './faults.ts'

/** The most that one call gets, in bytes; a client that wants more asks again from there on. */
export const MAX_READ = 1024 * 1024

/**
 * Which bytes `readLog` and its company mean: with a negative offset so many of the last ones, and the
 * length has to be 0; else from there on, and length 0 means all.
 *
 * @throws RpcFault BAD_ARGUMENTS
 */
export function readRange(offset: number, length: number): (size: number) => FileRange {
  if (offset < 0) {
    if (length !== 0) throw new RpcFault('BAD_ARGUMENTS')
    const most = Math.min(-offset, MAX_READ)
    return (size) => ({ offset: Math.max(0, size - most), length: most })
  }
  if (length < 0) throw new RpcFault('BAD_ARGUMENTS')
  return () => ({ offset, length: length === 0 ? MAX_READ : Math.min(length, MAX_READ) })
}

/**
 * Which bytes `tailProcessLog` and its company mean: the last ones, at most `length`; none when there
 * is nothing behind `offset`.
 */
export function tailRange(offset: number, length: number): (size: number) => FileRange {
  const most = Math.min(Math.max(0, length), MAX_READ)
  return (size) =>
    offset >= size && offset + length >= size
      ? { offset: size, length: 0 }
      : { offset: Math.max(0, size - most), length: most }
}

/** There is more behind `offset` than was asked for. */
export function overflows(offset: number, length: number, size: number): boolean {
  return size > offset + length
}

/** The text of a piece that may begin in the middle of a character. */
export function withoutCutHead(text: string, offset: number): string {
  return offset > 0 ? text.replace(/^\uFFFD{1,3}/, '') : text
}
