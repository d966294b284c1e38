import { cpus } from 'node:os'
import type { MeasuredLimits, SpawnRequest } from '../../../model/ports/spawner.ts'
import type { WindowsPriority } from '../../../model/windows-settings.ts'

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION of a 64-bit Windows (<winnt.h>), and places in it. */
export const EXTENDED_LIMITS_SIZE = 144
const LIMIT_FLAGS = 16
const ACTIVE_PROCESSES = 40
const AFFINITY = 48
const PRIORITY_CLASS = 56
const JOB_MEMORY = 120
const FLAG = {
  activeProcesses: 0x8,
  affinity: 0x10,
  priorityClass: 0x20,
  jobMemory: 0x200,
  killOnJobClose: 0x2000,
} as const

/** Priority classes of <winbase.h>. */
const CLASSES: Readonly<Record<WindowsPriority, number>> = {
  idle: 0x40,
  'below-normal': 0x4000,
  normal: 0x20,
  'above-normal': 0x8000,
  high: 0x80,
  realtime: 0x100,
}

/** What the job of a program holds all of its processes to. */
export type JobRules = Pick<SpawnRequest, 'windows' | 'rlimits' | 'limits'>

/**
 * What a program may have above a limit before Windows itself says no: room for the guard to see it, and
 * for a stop in order. Of memory at least that of a console host, which lives in the job as well.
 */
const MARGIN = 0.25
const LEAST_MARGIN = 32 * 1024 * 1024

/** JOBOBJECT_CPU_RATE_CONTROL_INFORMATION: flags, then a rate of which 10,000 are all processors. */
const CPU_RATE_SIZE = 8
const CPU_RATE_ENABLE = 0x1
const CPU_RATE_HARD_CAP = 0x4
const WHOLE_MACHINE = 10_000

/** The limits of a new job; without `killOnClose: false` it ends with its last handle. */
export function jobLimits({ windows, rlimits, limits: measured }: JobRules): Buffer {
  const limits = Buffer.alloc(EXTENDED_LIMITS_SIZE)
  let flags = windows?.killOnClose === false ? 0 : FLAG.killOnJobClose
  if (rlimits.processes !== undefined) {
    flags |= FLAG.activeProcesses
    limits.writeUInt32LE(rlimits.processes, ACTIVE_PROCESSES)
  }
  if (windows?.affinity != null) {
    flags |= FLAG.affinity
    limits.writeBigUInt64LE(maskOf(windows.affinity), AFFINITY)
  }
  if (windows?.priority != null) {
    flags |= FLAG.priorityClass
    limits.writeUInt32LE(CLASSES[windows.priority], PRIORITY_CLASS)
  }
  limits.writeUInt32LE(flags, LIMIT_FLAGS)
  return withMemory(limits, measured?.memory ?? null)
}

/** Limits as they were read, with another for the committed memory of the whole job. */
export function withMemory(limits: Buffer, memory: number | null): Buffer {
  const most = memory === null ? 0 : memory + Math.max(Math.ceil(memory * MARGIN), LEAST_MARGIN)
  limits.writeBigUInt64LE(BigInt(most), JOB_MEMORY)
  return withFlag(limits, FLAG.jobMemory, memory !== null)
}

export function holdsMemory(limits: Buffer): boolean {
  return (limits.readUInt32LE(LIMIT_FLAGS) & FLAG.jobMemory) !== 0
}

/**
 * What holds a job to a share of a core; switched off for none, and for a share that is all of this
 * machine.
 *
 * @param processors of the machine
 */
export function cpuRate(cpu: MeasuredLimits['cpu'], processors = cpus().length): Buffer {
  const rate = Buffer.alloc(CPU_RATE_SIZE)
  if (cpu === null) return rate
  const share = Math.ceil((cpu * (1 + MARGIN) * WHOLE_MACHINE) / 100 / processors)
  if (share >= WHOLE_MACHINE) return rate
  rate.writeUInt32LE(CPU_RATE_ENABLE | CPU_RATE_HARD_CAP, 0)
  rate.writeUInt32LE(share, 4)
  return rate
}

/** Limits as they were read, with or without their end at the last handle. */
export function withKillOnClose(limits: Buffer, on: boolean): Buffer {
  return withFlag(limits, FLAG.killOnJobClose, on)
}

function withFlag(limits: Buffer, flag: number, on: boolean): Buffer {
  const flags = limits.readUInt32LE(LIMIT_FLAGS)
  limits.writeUInt32LE((on ? flags | flag : flags & ~flag) >>> 0, LIMIT_FLAGS)
  return limits
}

/** The priority class to be created with; 0 for that of the guard. */
export function priorityClass({ windows }: Pick<JobRules, 'windows'>): number {
  return windows?.priority == null ? 0 : CLASSES[windows.priority]
}

/** Processor n is bit n. */
function maskOf(processors: readonly number[]): bigint {
  return processors.reduce((mask, processor) => mask | (1n << BigInt(processor)), 0n)
}
