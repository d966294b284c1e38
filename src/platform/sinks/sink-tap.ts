import type { MessagePort } from 'node:worker_threads'
import { bytesInFlight } from '../../sinks/bytes-in-flight.ts'
import type { TappedChunk } from './sink-messages.ts'

const NEWLINE = 0x0a

/** The way from one who stores output to the thread that tells sinks. */
export interface SinkRoad {
  readonly port: MessagePort
  readonly all: SharedArrayBuffer
}

/** Gives the sinks of one channel what its log has. Never waits: what finds no room is counted. */
export interface SinkTap {
  offer(
    chunk: Omit<TappedChunk, 'id' | 'bytes' | 'continues'>,
    bytes: Buffer,
    from: number,
    to: number,
  ): void
  /** Lines that were dropped before they were stored. */
  lose(lines: number, bytes: number): void
}

export function sinkTap({ port, all }: SinkRoad, id: number, shared: SharedArrayBuffer): SinkTap {
  const flight = bytesInFlight(new Int32Array(all), new Int32Array(shared))
  /** Streams that are within a line. */
  const open = new Set<string>()
  let life = 0
  return {
    offer(chunk, bytes, from, to) {
      const size = to - from
      // A life ends all lines of the one before.
      if (chunk.incarnation !== life) open.clear()
      life = chunk.incarnation
      const continues = open.has(chunk.stream)
      const endsOpen = bytes[to - 1] !== NEWLINE
      if (endsOpen) open.add(chunk.stream)
      else open.delete(chunk.stream)
      if (!flight.enter(size)) {
        const begun = linesIn(bytes, from, to) + (endsOpen ? 1 : 0) - (continues ? 1 : 0)
        flight.lose(begun, size)
        return
      }
      // A copy of its own, which is handed over and not copied once more.
      const copy = new Uint8Array(size)
      copy.set(bytes.subarray(from, to))
      port.postMessage({ ...chunk, id, continues, bytes: copy } satisfies TappedChunk, [
        copy.buffer,
      ])
    },
    lose: flight.lose,
  }
}

function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = from; ; lines += 1) {
    const found = bytes.indexOf(NEWLINE, at)
    if (found === -1 || found >= to) return lines
    at = found + 1
  }
}
