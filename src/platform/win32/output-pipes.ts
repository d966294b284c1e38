import type { ThreadPipes } from '../output/thread-pipes.ts'
import { bind, koffi, lastError } from './win32-error.ts'

/** <winerror.h> */
const ERROR_IO_PENDING = 997
const INFINITE = 0xffffffff
/** OVERLAPPED of <minwinbase.h> on a 64-bit Windows; the event is its last member. */
const OVERLAPPED_SIZE = 32
const OVERLAPPED_EVENT = 24
/** OVERLAPPED_ENTRY: key, overlapped, status, bytes. */
const ENTRY_SIZE = 32
const MOST_ENTRIES = 64

const kernel32 = bind('kernel32.dll', {
  CreateIoCompletionPort:
    'intptr_t __stdcall CreateIoCompletionPort(intptr_t file, intptr_t port, uintptr_t key, uint32_t threads)',
  PostQueuedCompletionStatus:
    'int __stdcall PostQueuedCompletionStatus(intptr_t port, uint32_t bytes, uintptr_t key, void *overlapped)',
  GetQueuedCompletionStatusEx:
    'int __stdcall GetQueuedCompletionStatusEx(intptr_t port, void *entries, uint32_t most, void *count, uint32_t milliseconds, int alertable)',
  ReadFile:
    'int __stdcall ReadFile(intptr_t file, void *buffer, uint32_t length, void *read, void *overlapped)',
  GetOverlappedResult:
    'int __stdcall GetOverlappedResult(intptr_t file, void *overlapped, void *bytes, int wait)',
  CancelIoEx: 'int __stdcall CancelIoEx(intptr_t file, void *overlapped)',
  PeekNamedPipe:
    'int __stdcall PeekNamedPipe(intptr_t pipe, void *buffer, uint32_t size, void *read, void *available, void *left)',
  CreateEventW: 'intptr_t __stdcall CreateEventW(void *security, int manual, int set, void *name)',
})

/** The reading end of a pipe that is waited for. */
interface Watched {
  readonly pipe: number
  /** Its OVERLAPPED: memory that stays where it is, for the system writes to it. */
  readonly overlapped: unknown
  /** It waits for bytes now. */
  armed: boolean
  gone: boolean
}

/** The last bytes that were copied, as far as they have not been consumed. */
interface Held {
  readonly pipe: number
  readonly bytes: Buffer
  from: number
  to: number
}

let made: ThreadPipes | null = null

/** Pipes of Windows, waited for through one completion port: one set for each thread. */
export function windowsPipes(): ThreadPipes {
  made ??= pipesOfThread()
  return made
}

/**
 * A read of no bytes ends when there are some (named pipes of byte type, ReadFile); what there is
 * follows at once then. A pipe that is emptied tells of each later write, so what has been taken and
 * is not stored yet waits in memory.
 */
function pipesOfThread(): ThreadPipes {
  const watched = new Map<number, Watched>()
  const byAddress = new Map<bigint, Watched>()
  const rests = new Map<number, Buffer>()
  let held: Held | null = null
  const entries = Buffer.allocUnsafeSlow(ENTRY_SIZE * MOST_ENTRIES)
  const number = Buffer.allocUnsafeSlow(4)
  const nothing = Buffer.allocUnsafeSlow(8)
  let own: Buffer | null = null

  /** An OVERLAPPED whose end is not told to the port: its event has the lowest bit set (GetQueuedCompletionStatus). */
  function untold(): Buffer {
    if (own === null) {
      own = Buffer.allocUnsafeSlow(OVERLAPPED_SIZE).fill(0)
      const event = kernel32().CreateEventW(null, 1, 0, null) as number
      own.writeBigUInt64LE(BigInt(event) | 1n, OVERLAPPED_EVENT)
    }
    return own
  }

  function available(pipe: number): number {
    return kernel32().PeekNamedPipe(pipe, null, 0, null, number, null) ? number.readUInt32LE(0) : 0
  }

  function read(pipe: number, into: Buffer, length: number): number {
    const api = kernel32()
    const overlapped = untold()
    if (!api.ReadFile(pipe, into, length, null, overlapped)) {
      const error = lastError()
      if (error !== ERROR_IO_PENDING) return -error
    }
    return api.GetOverlappedResult(pipe, overlapped, number, 1)
      ? number.readUInt32LE(0)
      : -lastError()
  }

  function arm(one: Watched): void {
    if (one.armed || one.gone) return
    const done = kernel32().ReadFile(one.pipe, nothing, 0, null, one.overlapped) as number
    one.armed = done !== 0 || lastError() === ERROR_IO_PENDING
  }

  function forget(one: Watched): void {
    byAddress.delete(koffi().address(one.overlapped))
    koffi().free(one.overlapped)
  }

  /** What was copied for another pipe and not consumed is kept for its turn. */
  function putBack(): void {
    if (held === null) return
    const { pipe, bytes, from, to } = held
    held = null
    if (from < to) rests.set(pipe, Buffer.from(bytes.subarray(from, to)))
    else rests.delete(pipe)
  }

  return {
    splice: null,
    peek(pipe, into, most) {
      putBack()
      const rest = rests.get(pipe)
      let count = rest === undefined ? 0 : Math.min(rest.length, most)
      if (rest !== undefined) {
        rest.copy(into, 0, 0, count)
        // Never so: what is kept came from a copy of the same size.
        if (count < rest.length) return count
      }
      while (count < most) {
        const length = Math.min(available(pipe), most - count)
        const got = length === 0 ? 0 : read(pipe, into.subarray(count), length)
        if (got <= 0) break
        count += got
      }
      held = { pipe, bytes: into, from: 0, to: count }
      const one = watched.get(pipe)
      if (one !== undefined && count < most) arm(one)
      return count
    },
    consume(pipe, length) {
      if (held?.pipe !== pipe || held.from + length > held.to) {
        throw new Error('bytes of a pipe that were there are not')
      }
      held.from += length
    },
    setCapacity: () => -1,
    waiting(pipe) {
      const kept = held?.pipe === pipe ? held.to - held.from : (rests.get(pipe)?.length ?? 0)
      return kept + available(pipe)
    },
    // As much as is taken at once fits into memory.
    isFull: () => false,
    waker: () => kernel32().CreateIoCompletionPort(-1, 0, 0, 0) as number,
    wake: (port) => void kernel32().PostQueuedCompletionStatus(port, 0, port, null),
    calm() {},
    watching: (port) => port,
    watchReadable(port, pipe) {
      // One that a thread before this one watched is of this port already.
      kernel32().CreateIoCompletionPort(pipe, port, pipe, 0)
      const overlapped: unknown = koffi().alloc('uint8_t', OVERLAPPED_SIZE)
      Buffer.from(koffi().view(overlapped, OVERLAPPED_SIZE)).fill(0)
      const one: Watched = { pipe, overlapped, armed: false, gone: false }
      watched.set(pipe, one)
      byAddress.set(koffi().address(overlapped), one)
      arm(one)
    },
    watchWritable() {},
    unwatch(_port, pipe) {
      const one = watched.get(pipe)
      watched.delete(pipe)
      rests.delete(pipe)
      if (held?.pipe === pipe) held = null
      if (one === undefined) return
      one.gone = true
      // The system writes to its memory until that has been told.
      if (one.armed) kernel32().CancelIoEx(pipe, one.overlapped)
      else forget(one)
    },
    wait(port, timeout) {
      const time = timeout < 0 ? INFINITE : Math.min(Math.ceil(timeout), INFINITE - 1)
      const api = kernel32()
      if (!api.GetQueuedCompletionStatusEx(port, entries, MOST_ENTRIES, number, time, 0)) return []
      const told: number[] = []
      for (let at = 0; at < number.readUInt32LE(0) * ENTRY_SIZE; at += ENTRY_SIZE) {
        const address = entries.readBigUInt64LE(at + 8)
        if (address === 0n) {
          told.push(port)
          continue
        }
        const one = byAddress.get(address)
        if (one === undefined) continue
        one.armed = false
        if (one.gone) forget(one)
        else told.push(one.pipe)
      }
      return told
    },
    closeWatching() {},
  }
}
