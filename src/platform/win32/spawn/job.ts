import { createHash } from 'node:crypto'
import { lastError } from '../win32-error.ts'
import { ACCESS, close, type Handle, kernel32 } from './kernel32.ts'

/** JOBOBJECTINFOCLASS of <winnt.h>. */
const BASIC_PROCESS_ID_LIST = 3
const EXTENDED_LIMITS = 9
/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION of a 64-bit Windows, and the place of LimitFlags in it. */
const EXTENDED_LIMITS_SIZE = 144
const LIMIT_FLAGS = 16
const KILL_ON_JOB_CLOSE = 0x2000
const ERROR_ALREADY_EXISTS = 183
const ERROR_MORE_DATA = 234
const MOST_PROCESSES = 1 << 20

/**
 * What a process ends with that stead ended: not a code that programs use, and by its first bits no
 * crash (an NTSTATUS of a customer's: 0xE…).
 */
export const ENDED_BY_STEAD = 0xe0535444

/** A job object: the tree of a program, whoever started whom in it. */
export interface Job {
  /** Pids of all that live in it. */
  pids(): readonly number[]
  assign(process: Handle): boolean
  /** Ends all of them at once, with {@link ENDED_BY_STEAD}. */
  terminate(): boolean
  readonly handle: Handle
  /** Whether its processes end with the last handle of it, and so with this process. */
  killOnClose(on: boolean): void
  close(): void
}

/** The name under which a later guard finds the job of a life by its mark. */
export function jobName(mark: string): string {
  return `Local\\stead-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`
}

/** @returns the number of <winerror.h> where it fails; 183 where somebody else has the name */
export function createJob(name: string | null): Job | number {
  const api = kernel32()
  const handle: Handle = api.CreateJobObjectW(null, name)
  const error = lastError()
  if (Number(handle) === 0) return error
  if (name !== null && error === ERROR_ALREADY_EXISTS) {
    close(handle)
    return error
  }
  const job = jobOf(handle)
  job.killOnClose(true)
  return job
}

/** The job that an earlier guard made; null where it is gone. */
export function openJob(name: string): Job | null {
  const handle: Handle = kernel32().OpenJobObjectW(ACCESS.JOB_OBJECT_ALL_ACCESS, 0, name)
  return Number(handle) === 0 ? null : jobOf(handle)
}

function jobOf(handle: Handle): Job {
  const api = kernel32()
  let isOpen = true
  return {
    handle,
    pids: () => (isOpen ? pidsOf(handle) : []),
    assign: (process) => Boolean(api.AssignProcessToJobObject(handle, process)),
    terminate: () => isOpen && Boolean(api.TerminateJobObject(handle, ENDED_BY_STEAD)),
    killOnClose(on) {
      if (!isOpen) return
      const limits = Buffer.alloc(EXTENDED_LIMITS_SIZE)
      api.QueryInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length, null)
      const flags = limits.readUInt32LE(LIMIT_FLAGS)
      const wanted = on ? flags | KILL_ON_JOB_CLOSE : flags & ~KILL_ON_JOB_CLOSE
      limits.writeUInt32LE(wanted >>> 0, LIMIT_FLAGS)
      api.SetInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length)
    },
    close() {
      if (isOpen) close(handle)
      isOpen = false
    },
  }
}

/** JOBOBJECT_BASIC_PROCESS_ID_LIST: two counts, then a pointer-sized number for each process. */
function pidsOf(handle: Handle): number[] {
  for (let room = 64; room <= MOST_PROCESSES; room *= 4) {
    const list = Buffer.alloc(8 + room * 8)
    const whole = kernel32().QueryInformationJobObject(
      handle,
      BASIC_PROCESS_ID_LIST,
      list,
      list.length,
      null,
    )
    if (!whole && lastError() === ERROR_MORE_DATA) continue
    // The first count is of those that are ending as well, which are not in the list.
    const listed = whole ? list.readUInt32LE(4) : 0
    return Array.from({ length: listed }, (_, index) => Number(list.readBigUInt64LE(8 + index * 8)))
  }
  return []
}
