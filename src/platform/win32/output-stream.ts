import { randomUUID } from 'node:crypto'
import { closeSync, constants, openSync } from 'node:fs'
import type { OutputSource } from '../../model/ports/program-output.ts'
import { WindowsError } from '../../model/windows-error.ts'
import type { StreamName } from '../../output/line-encoder.ts'
import type { OpenedStream } from '../output/opened-stream.ts'
import { securityAttributes } from './security-text.ts'
import { ownIdentity } from './token-identity.ts'
import { bind, lastError } from './win32-error.ts'

/** <winbase.h>: the server reads, without waiting in the call; nobody else has made it before. */
const PIPE_ACCESS_INBOUND = 0x1
const FILE_FLAG_OVERLAPPED = 0x40000000
const FILE_FLAG_FIRST_PIPE_INSTANCE = 0x80000
/** Of bytes, and for clients of this machine alone. */
const PIPE_REJECT_REMOTE_CLIENTS = 0x8
const INVALID_HANDLE_VALUE = -1
/** What a program may write before it waits. */
const CAPACITY = 64 * 1024

const kernel32 = bind('kernel32.dll', {
  CreateNamedPipeW:
    'intptr_t __stdcall CreateNamedPipeW(str16 name, uint32_t access, uint32_t mode, uint32_t instances, uint32_t out, uint32_t in, uint32_t timeout, void *security)',
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
})

/**
 * A pipe of which this process has both ends: its writing end is what programs get, and stays open,
 * so that the end of all programs is no end of the pipe. It has one instance, which is taken, so that
 * nobody else can connect to its name. It ends with this process.
 *
 * @throws WindowsError
 */
export function openStream(_run: string, _source: OutputSource, name: StreamName): OpenedStream {
  const path = `\\\\.\\pipe\\stead-output-${randomUUID()}`
  const api = kernel32()
  const pipe = api.CreateNamedPipeW(
    path,
    PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
    PIPE_REJECT_REMOTE_CLIENTS,
    1,
    0,
    CAPACITY,
    0,
    securityAttributes(`D:P(A;;GA;;;${ownIdentity().user})`),
  ) as number
  if (pipe === INVALID_HANDLE_VALUE) throw new WindowsError('CreateNamedPipeW', lastError())
  let fd: number
  try {
    fd = openSync(path, constants.O_WRONLY)
  } catch (error) {
    api.CloseHandle(pipe)
    throw error
  }
  return {
    stream: { name, fd: pipe, path, isNew: true },
    descriptor: { kind: 'fd', fd },
    close() {
      closeSync(fd)
      api.CloseHandle(pipe)
    },
  }
}
