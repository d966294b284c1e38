import { createHash } from 'node:crypto'
import { lastError } from '../win32-error.ts'
import { EXTENDED_LIMITS_SIZE, type JobRules, jobLimits, withKillOnClose } from './job-limits.ts'
import { ACCESS, close, type Handle, kernel32 } from './kernel32.ts'
import { openLiving } from './process-identity.ts'

/** JOBOBJECTINFOCLASS of <winnt.h>. */
const BASIC_ACCOUNTING = 1
const BASIC_PROCESS_ID_LIST = 3
const EXTENDED_LIMITS = 9
/** JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: two times of 100 ns come first, of the ended processes too. */
const ACCOUNTING_SIZE = 48
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
  /**
   * Closes it, and its processes live on. The name of an object goes with the last handle of it, so each
   * of them is given one, with no right but to wait: by that a later guard finds the job.
   */
  leave(): void
  /** Milliseconds of processor time of all that were ever in it. */
  cpu(): number
  close(): void
}

/** The name under which a later guard finds the job of a life by its mark. */
export function jobName(mark: string): string {
  return `Local\\stead-${createHash('sha256').update(mark).digest('hex').slice(0, 32)}`
}

/** @returns the number of <winerror.h> where it fails; 183 where somebody else has the name */
export function createJob(name: string | null, rules: JobRules): Job | number {
  const api = kernel32()
  const handle: Handle = api.CreateJobObjectW(null, name)
  const error = lastError()
  if (Number(handle) === 0) return error
  if (name !== null && error === ERROR_ALREADY_EXISTS) {
    close(handle)
    return error
  }
  const limits = jobLimits(rules)
  if (!api.SetInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length)) {
    const refused = lastError()
    close(handle)
    return refused
  }
  return jobOf(handle)
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
    leave() {
      if (!isOpen) return
      const limits = Buffer.alloc(EXTENDED_LIMITS_SIZE)
      api.QueryInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length, null)
      withKillOnClose(limits, false)
      api.SetInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length)
      for (const pid of pidsOf(handle)) giveHandle(handle, pid)
      close(handle)
      isOpen = false
    },
    cpu() {
      const times = Buffer.alloc(ACCOUNTING_SIZE)
      const size = times.length
      if (!isOpen) return 0
      if (!api.QueryInformationJobObject(handle, BASIC_ACCOUNTING, times, size, null)) return 0
      return Number((times.readBigInt64LE(0) + times.readBigInt64LE(8)) / 10_000n)
    },
    close() {
      if (isOpen) close(handle)
      isOpen = false
    },
  }
}

function giveHandle(job: Handle, pid: number): void {
  const api = kernel32()
  const process = openLiving(pid, ACCESS.PROCESS_DUP_HANDLE)
  if (process === null) return
  api.DuplicateHandle(api.GetCurrentProcess(), job, process, [0], ACCESS.SYNCHRONIZE, 0, 0)
  close(process)
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
