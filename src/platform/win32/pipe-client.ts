import { Socket } from 'node:net'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { bind, type Handle, koffi, lastError } from './win32-error.ts'

/** <winnt.h>: what reading and writing need. GENERIC_WRITE would ask to make further instances of the pipe too. */
const FILE_READ_DATA = 0x1
const FILE_WRITE_DATA = 0x2
const READ_WRITE_ATTRIBUTES = 0x180
const SYNCHRONIZE = 0x100000
const OPEN_EXISTING = 3
const FILE_FLAG_OVERLAPPED = 0x40000000
/** SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION of <winbase.h> */
const IDENTIFICATION_ONLY = 0x110000
const INVALID_HANDLE_VALUE = -1
/** <winerror.h> */
const ERROR_PIPE_BUSY = 231
/** A guard that is there makes another end ready at once; a busy machine takes its time. */
const PATIENCE = 2_000

const kernel32 = bind('kernel32.dll', {
  CreateFileW:
    'intptr_t __stdcall CreateFileW(str16 path, uint32_t access, uint32_t share, void *security, uint32_t disposition, uint32_t flags, intptr_t template)',
  WaitNamedPipeW: 'int __stdcall WaitNamedPipeW(str16 path, uint32_t milliseconds)',
})

let openDescriptor: ((handle: Handle) => number) | null = null

/**
 * Connects to a named pipe and lets whoever serves it know who asks, and no more: a pipe that somebody
 * else made under the name of a guard could otherwise act as an administrator who asks there
 * (impersonation levels, CreateFileW).
 *
 * @throws an Error with code ENOENT, EACCES or EBUSY, as node:net has them; WindowsError
 */
export function connectPipe(path: string): Socket {
  const api = kernel32()
  const open = (): number =>
    api.CreateFileW(
      path,
      FILE_READ_DATA | FILE_WRITE_DATA | READ_WRITE_ATTRIBUTES | SYNCHRONIZE,
      0,
      null,
      OPEN_EXISTING,
      FILE_FLAG_OVERLAPPED | IDENTIFICATION_ONLY,
      0,
    ) as number
  let pipe = open()
  const end = performance.now() + PATIENCE
  while (pipe === INVALID_HANDLE_VALUE) {
    const error = lastError()
    const left = end - performance.now()
    if (error !== ERROR_PIPE_BUSY || left <= 0) throw failure(path, error)
    api.WaitNamedPipeW(path, Math.ceil(left))
    pipe = open()
  }
  openDescriptor ??= koffi().load(null).func('int uv_open_osfhandle(intptr_t handle)') as (
    handle: Handle,
  ) => number
  return new Socket({ fd: openDescriptor(pipe), readable: true, writable: true })
}

const CODES: Readonly<Record<number, string>> = {
  [WIN32.FILE_NOT_FOUND]: 'ENOENT',
  [WIN32.ACCESS_DENIED]: 'EACCES',
  [ERROR_PIPE_BUSY]: 'EBUSY',
}

function failure(path: string, error: number): Error {
  const told = new WindowsError(`CreateFileW ${path}`, error)
  const code = CODES[error]
  return code === undefined ? told : Object.assign(told, { code })
}
