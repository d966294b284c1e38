import { createHash } from 'node:crypto'
import type { MeasuredLimits } from '../../../model/ports/spawner.ts'
import { lastError } from '../win32-error.ts'
import {
  cpuRate,
  EXTENDED_LIMITS_SIZE,
  holdsMemory,
  type JobRules,
  jobLimits,
  withKillOnClose,
  withMemory,
} from './job-limits.ts'
import { type JobMessages, listenToJob } from './job-messages.ts'
import { ACCESS, close, type Handle, kernel32 } from './kernel32.ts'
import { openLiving } from './process-identity.ts'

/** JOBOBJECTINFOCLASS of <winnt.h>. */
const BASIC_ACCOUNTING = 1
const BASIC_PROCESS_ID_LIST = 3
const EXTENDED_LIMITS = 9
const CPU_RATE = 15
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
  /** Holds it to other limits than those it was made with. */
  limit(to: MeasuredLimits): void
  /** True once Windows has refused memory to one of its processes, until it gets another limit. */
  wasRefusedMemory(): boolean
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
  if (!setLimits(handle, limits)) {
    const refused = lastError()
    close(handle)
    return refused
  }
  setCpuRate(handle, rules.limits?.cpu ?? null)
  return jobOf(handle, holdsMemory(limits) ? listenToJob(handle) : null)
}

/**
 * Windows refuses it to a session of Remote Desktop that shares its processors by itself (Dynamic Fair
 * Share Scheduling). The guard measures all the same, so that nothing fails for want of it.
 */
function setCpuRate(handle: Handle, cpu: MeasuredLimits['cpu']): void {
  const rate = cpuRate(cpu)
  kernel32().SetInformationJobObject(handle, CPU_RATE, rate, rate.length)
}

function limitsOf(handle: Handle): Buffer {
  const limits = Buffer.alloc(EXTENDED_LIMITS_SIZE)
  kernel32().QueryInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length, null)
  return limits
}

function setLimits(handle: Handle, limits: Buffer): boolean {
  const api = kernel32()
  return Boolean(api.SetInformationJobObject(handle, EXTENDED_LIMITS, limits, limits.length))
}

/** The job that an earlier guard made; null where it is gone. */
export function openJob(name: string): Job | null {
  const handle: Handle = kernel32().OpenJobObjectW(ACCESS.JOB_OBJECT_ALL_ACCESS, 0, name)
  if (Number(handle) === 0) return null
  return jobOf(handle, holdsMemory(limitsOf(handle)) ? listenToJob(handle) : null)
}

function jobOf(handle: Handle, heard: JobMessages | null): Job {
  const api = kernel32()
  let isOpen = true
  let messages = heard
  let refused = false

  const end = (): void => {
    if (!isOpen) return
    messages?.close()
    close(handle)
    isOpen = false
  }

  return {
    handle,
    pids: () => (isOpen ? pidsOf(handle) : []),
    assign: (process) => Boolean(api.AssignProcessToJobObject(handle, process)),
    terminate: () => isOpen && Boolean(api.TerminateJobObject(handle, ENDED_BY_STEAD)),
    leave() {
      if (!isOpen) return
      setLimits(handle, withKillOnClose(limitsOf(handle), false))
      for (const pid of pidsOf(handle)) giveHandle(handle, pid)
      end()
    },
    cpu() {
      const times = Buffer.alloc(ACCOUNTING_SIZE)
      const size = times.length
      if (!isOpen) return 0
      if (!api.QueryInformationJobObject(handle, BASIC_ACCOUNTING, times, size, null)) return 0
      return Number((times.readBigInt64LE(0) + times.readBigInt64LE(8)) / 10_000n)
    },
    limit({ memory, cpu }) {
      if (!isOpen) return
      setLimits(handle, withMemory(limitsOf(handle), memory))
      setCpuRate(handle, cpu)
      if (memory !== null) messages ??= listenToJob(handle)
      messages?.refusedMemory()
      refused = false
    },
    wasRefusedMemory() {
      refused ||= isOpen && messages?.refusedMemory() === true
      return refused
    },
    close: end,
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
