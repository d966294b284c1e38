import type { DatedProcesses } from '../../model/ports/machine.ts'
import { bind, type Handle } from './win32-error.ts'

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
const SYNCHRONIZE = 0x100000
const WAIT_TIMEOUT = 0x102
/** sizeof(PROCESS_MEMORY_COUNTERS) on a 64-bit Windows, and the place of WorkingSetSize in it. */
const COUNTERS_SIZE = 72
const WORKING_SET = 16
/** Between 1601-01-01, where FILETIME begins, and 1970-01-01, in milliseconds. */
const FILETIME_TO_UNIX = 11_644_473_600_000n

const kernel32 = bind('kernel32.dll', {
  OpenProcess: 'void *__stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  CloseHandle: 'int __stdcall CloseHandle(void *handle)',
  WaitForSingleObject:
    'uint32_t __stdcall WaitForSingleObject(void *handle, uint32_t milliseconds)',
  GetProcessTimes:
    'int __stdcall GetProcessTimes(void *process, void *created, void *exited, void *kernel, void *user)',
  K32GetProcessMemoryInfo:
    'int __stdcall K32GetProcessMemoryInfo(void *process, void *counters, uint32_t size)',
})

/** Processes by the Windows API. One that the caller may not look into is like none. */
export function processes(): DatedProcesses {
  return {
    self: process.pid,
    birth: async (pid) => createdAt(pid)?.toString() ?? null,
    async startedAt(pid) {
      const created = createdAt(pid)
      return created === null ? null : new Date(Number(created / 10_000n - FILETIME_TO_UNIX))
    },
    memory: async (pid) => withProcess(pid, workingSet),
  }
}

/** FILETIME: units of 100 ns. */
function createdAt(pid: number): bigint | null {
  return withProcess(pid, (handle) => {
    const [created, ...others] = [0, 1, 2, 3].map(() => Buffer.alloc(8))
    if (!kernel32().GetProcessTimes(handle, created, ...others)) return null
    return (created as Buffer).readBigUInt64LE(0)
  })
}

function workingSet(handle: Handle): number | null {
  const counters = Buffer.alloc(COUNTERS_SIZE)
  counters.writeUInt32LE(COUNTERS_SIZE, 0)
  if (!kernel32().K32GetProcessMemoryInfo(handle, counters, COUNTERS_SIZE)) return null
  return Number(counters.readBigUInt64LE(WORKING_SET))
}

function withProcess<T>(pid: number, use: (handle: Handle) => T | null): T | null {
  const api = kernel32()
  const handle: Handle | null = api.OpenProcess(
    PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE,
    0,
    pid,
  )
  if (!handle) return null
  try {
    // A process that has ended is still there for as long as somebody holds it.
    return api.WaitForSingleObject(handle, 0) === WAIT_TIMEOUT ? use(handle) : null
  } finally {
    api.CloseHandle(handle)
  }
}
