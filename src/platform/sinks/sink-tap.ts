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
  offer(chunk: Omit<TappedChunk, 'id' | 'bytes'>, bytes: Buffer, from: number, to: number): void
  /** Lines that were dropped before they were stored. */
  lose(lines: number, bytes: number): void
}

export function sinkTap({ port, all }: SinkRoad, id: number, shared: SharedArrayBuffer): SinkTap {
  const flight = bytesInFlight(new Int32Array(all), new Int32Array(shared))
  return {
    offer(chunk, bytes, from, to) {
      const size = to - from
      if (!flight.enter(size)) {
        flight.lose(linesIn(bytes, from, to), size)
        return
      }
      // A copy of its own, which is handed over and not copied once more.
      const copy = new Uint8Array(size)
      copy.set(bytes.subarray(from, to))
      port.postMessage({ ...chunk, id, bytes: copy } satisfies TappedChunk, [copy.buffer])
    },
    lose: flight.lose,
  }
}

function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = bytes[to - 1] === NEWLINE ? 0 : 1
  for (let at = from; ; lines += 1) {
    const found = bytes.indexOf(NEWLINE, at)
    if (found === -1 || found >= to) return lines
    at = found + 1
  }
}
