import type { SpawnRequest } from '../../../model/ports/spawner.ts'
import type { WindowsPriority } from '../../../model/windows-settings.ts'

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION of a 64-bit Windows (<winnt.h>), and places in it. */
export const EXTENDED_LIMITS_SIZE = 144
const LIMIT_FLAGS = 16
const ACTIVE_PROCESSES = 40
const AFFINITY = 48
const PRIORITY_CLASS = 56
const FLAG = {
  activeProcesses: 0x8,
  affinity: 0x10,
  priorityClass: 0x20,
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
export type JobRules = Pick<SpawnRequest, 'windows' | 'rlimits'>

/** The limits of a new job; without `killOnClose: false` it ends with its last handle. */
export function jobLimits({ windows, rlimits }: JobRules): Buffer {
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
  return limits
}

/** Limits as they were read, with or without their end at the last handle. */
export function withKillOnClose(limits: Buffer, on: boolean): Buffer {
  const flags = limits.readUInt32LE(LIMIT_FLAGS)
  const wanted = on ? flags | FLAG.killOnJobClose : flags & ~FLAG.killOnJobClose
  limits.writeUInt32LE(wanted >>> 0, LIMIT_FLAGS)
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
