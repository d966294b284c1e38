import { Socket } from 'node:net'
import type { Caller } from '../../model/ports/guard-api.ts'
import { WindowsError } from '../../model/windows-error.ts'
import { pipeCaller } from './pipe-caller.ts'
import { securityAttributes } from './security-text.ts'
import { ADMINISTRATORS, LOCAL_SYSTEM } from './sids.ts'
import { ownIdentity } from './token-identity.ts'
import { bind, type Handle, koffi, lastError } from './win32-error.ts'

/** <winbase.h> */
const PIPE_ACCESS_DUPLEX = 0x3
const FILE_FLAG_OVERLAPPED = 0x40000000
const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x80000
/** Of bytes, and for clients of this machine alone. */
const PIPE_REJECT_REMOTE_CLIENTS = 0x8
const PIPE_UNLIMITED_INSTANCES = 255
const BUFFER = 64 * 1024
const INVALID_HANDLE_VALUE = -1
const INFINITE = 0xffffffff
/** RegisterWaitForSingleObject: once, and then never again. */
const WT_EXECUTEONLYONCE = 0x8
/** OVERLAPPED of <minwinbase.h>; the event is its last member. */
const OVERLAPPED_SIZE = 32
const OVERLAPPED_EVENT = 24
/** <winerror.h> */
const ERROR_ACCESS_DENIED = 5
const ERROR_PIPE_BUSY = 231
const ERROR_PIPE_CONNECTED = 535
const ERROR_IO_PENDING = 997
/** Clients that may connect at the same moment; the next ones wait for these to be taken. */
const WAITING = 8
/** A timer may not wait longer than this. */
const LONGEST_TIMER = 2 ** 31 - 1

const kernel32 = bind('kernel32.dll', {
  CreateNamedPipeW:
    'intptr_t __stdcall CreateNamedPipeW(str16 name, uint32_t access, uint32_t mode, uint32_t instances, uint32_t out, uint32_t in, uint32_t timeout, void *security)',
  ConnectNamedPipe: 'int __stdcall ConnectNamedPipe(intptr_t pipe, void *overlapped)',
  GetOverlappedResult:
    'int __stdcall GetOverlappedResult(intptr_t file, void *overlapped, void *bytes, int wait)',
  CancelIoEx: 'int __stdcall CancelIoEx(intptr_t file, void *overlapped)',
  CreateEventW: 'intptr_t __stdcall CreateEventW(void *security, int manual, int set, void *name)',
  RegisterWaitForSingleObject:
    'int __stdcall RegisterWaitForSingleObject(_Out_ intptr_t *wait, intptr_t handle, void *call, intptr_t context, uint32_t milliseconds, uint32_t flags)',
  UnregisterWaitEx: 'int __stdcall UnregisterWaitEx(intptr_t wait, intptr_t event)',
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
})

/** Node's own table of descriptors: libuv gives a handle a number in it. */
let openDescriptor: ((handle: Handle) => number) | null = null

export interface PipeServer {
  /** Takes no more; calls back when all who are connected have gone. */
  close(done: () => void): void
}

/** One end that waits for a client. */
interface Waiting {
  readonly pipe: number
  readonly event: number
  /** Memory that stays where it is until the system has written to it. */
  readonly overlapped: Buffer
  wait: number
  readonly connected: () => void
}

/**
 * Listens on a named pipe that its user, the administrators and the system may open, and nobody else;
 * nobody of another machine either. Each client is identified before its first byte is read.
 *
 * @throws an Error with code EADDRINUSE where somebody else has made a pipe of that name
 */
export function servePipe(
  path: string,
  connection: (socket: Socket, caller: Caller | null) => void,
): PipeServer {
  const api = kernel32()
  const { user } = ownIdentity()
  const rights = [LOCAL_SYSTEM, ADMINISTRATORS, user].map((sid) => `(A;;GA;;;${sid})`)
  const security = securityAttributes(`D:P${rights.join('')}`)
  const open = new Set<Socket>()
  const waiting = new Set<Waiting>()
  let closed = false
  let whenGone: (() => void) | null = null
  // What is registered with the system does not keep a process from ending.
  const alive = setInterval(() => {}, LONGEST_TIMER)

  function listen(first: boolean): void {
    const pipe = api.CreateNamedPipeW(
      path,
      PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | (first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
      PIPE_REJECT_REMOTE_CLIENTS,
      PIPE_UNLIMITED_INSTANCES,
      BUFFER,
      BUFFER,
      0,
      security,
    ) as number
    if (pipe === INVALID_HANDLE_VALUE) throw failure('CreateNamedPipeW', lastError())
    const overlapped = Buffer.allocUnsafeSlow(OVERLAPPED_SIZE).fill(0)
    const event = api.CreateEventW(null, 1, 0, null) as number
    overlapped.writeBigUInt64LE(BigInt(event), OVERLAPPED_EVENT)
    const one: Waiting = { pipe, event, overlapped, wait: 0, connected: () => take(one) }
    waiting.add(one)
    const done = api.ConnectNamedPipe(pipe, overlapped) as number
    const error = done === 0 ? lastError() : 0
    if (error === ERROR_PIPE_CONNECTED) setImmediate(one.connected)
    else if (error === ERROR_IO_PENDING) one.wait = watch(event, one.connected)
    else {
      release(one)
      api.CloseHandle(pipe)
      throw failure('ConnectNamedPipe', error)
    }
  }

  function release(one: Waiting): void {
    waiting.delete(one)
    if (one.wait !== 0) unwatch(one.wait)
    api.CloseHandle(one.event)
  }

  function take(one: Waiting): void {
    if (closed || !waiting.has(one)) return
    const isConnected =
      one.wait === 0 || api.GetOverlappedResult(one.pipe, one.overlapped, Buffer.alloc(4), 0) !== 0
    release(one)
    try {
      listen(false)
    } catch {
      // Those that wait still are fewer by one; without any the next one to go makes room.
    }
    if (!isConnected) {
      api.CloseHandle(one.pipe)
      return
    }
    const caller = pipeCaller(one.pipe)
    const socket = socketOf(one.pipe)
    open.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      if (!closed) refill()
      else if (open.size === 0) whenGone?.()
    })
    connection(socket, caller)
  }

  function refill(): void {
    try {
      while (waiting.size < WAITING) listen(false)
    } catch {
      // The next one to go tries again.
    }
  }

  try {
    listen(true)
  } catch (error) {
    clearInterval(alive)
    throw error
  }
  refill()
  return {
    close(done) {
      closed = true
      clearInterval(alive)
      for (const one of [...waiting]) {
        api.CancelIoEx(one.pipe, one.overlapped)
        api.GetOverlappedResult(one.pipe, one.overlapped, Buffer.alloc(4), 1)
        release(one)
        api.CloseHandle(one.pipe)
      }
      whenGone = done
      if (open.size === 0) setImmediate(done)
    },
  }
}

/** The pipe is node's from now on, which closes it. */
function socketOf(pipe: number): Socket {
  openDescriptor ??= koffi().load(null).func('int uv_open_osfhandle(intptr_t handle)') as (
    handle: Handle,
  ) => number
  return new Socket({
    fd: openDescriptor(pipe),
    allowHalfOpen: true,
    readable: true,
    writable: true,
  })
}

function failure(api: string, error: number): Error {
  const taken = error === ERROR_ACCESS_DENIED || error === ERROR_PIPE_BUSY
  return taken
    ? Object.assign(new Error('the pipe is somebody else’s'), { code: 'EADDRINUSE' })
    : new WindowsError(api, error)
}

const watched = new Map<number, () => void>()
const waits = new Map<number, number>()
let count = 0
/** One for the process, and for good: the system may call it whenever a wait has begun. */
let called: unknown = null

/** Calls once, on this thread, when an event is set. */
function watch(event: number, call: () => void): number {
  if (called === null) {
    const prototype = koffi().proto('void __stdcall SteadWaited(intptr_t context, uint8_t late)')
    called = koffi().register((context: number) => {
      const key = Number(context)
      const waiter = watched.get(key)
      watched.delete(key)
      waiter?.()
    }, koffi().pointer(prototype))
  }
  count += 1
  const wait: [number] = [0]
  watched.set(count, call)
  const api = kernel32()
  const done = api.RegisterWaitForSingleObject(
    wait,
    event,
    called,
    count,
    INFINITE,
    WT_EXECUTEONLYONCE,
  ) as number
  if (done === 0) throw new WindowsError('RegisterWaitForSingleObject', lastError())
  waits.set(wait[0], count)
  return wait[0]
}

/** Without waiting for a call that is on its way: it finds nobody then. */
function unwatch(wait: number): void {
  watched.delete(waits.get(wait) ?? 0)
  waits.delete(wait)
  kernel32().UnregisterWaitEx(wait, 0)
}
