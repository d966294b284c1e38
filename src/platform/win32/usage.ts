import type { OwnUsage } from '../../model/guard-metrics.ts'
import type { Extent, TreeUsage, Usage } from '../../model/ports/tree-usage.ts'
import type { Job } from './spawn/job.ts'
import { close, type Handle } from './spawn/kernel32.ts'
import { jobOfProgram } from './spawn/living-jobs.ts'
import { openLiving } from './spawn/process-identity.ts'
import { bind } from './win32-error.ts'

const kernel32 = bind('kernel32.dll', {
  GetProcessHandleCount:
    'int __stdcall GetProcessHandleCount(intptr_t process, _Out_ uint32_t *count)',
  GetProcessTimes:
    'int __stdcall GetProcessTimes(intptr_t process, void *created, void *exited, void *kernel, void *user)',
  K32GetProcessMemoryInfo:
    'int __stdcall K32GetProcessMemoryInfo(intptr_t process, void *counters, uint32_t size)',
})
/** The pseudo handle that GetCurrentProcess gives. */
const THIS_PROCESS = -1

/**
 * PROCESS_MEMORY_COUNTERS of a 64-bit Windows, and the place of PagefileUsage in it: what is committed,
 * the measure of JobMemoryLimit. The working set shrinks when Windows takes pages away, and counts
 * what processes share for each of them.
 */
const COUNTERS_SIZE = 72
const COMMITTED = 56

/** By the job objects of programs; of others than those of this process's spawners nothing is known. */
export function treeUsage(): TreeUsage {
  return {
    async sample(roots) {
      const found = new Map<number, Usage>()
      for (const [root, job] of jobsOf(roots)) {
        const all = job.pids().flatMap((pid) => usageOf(pid) ?? [])
        const living = all.reduce((sum, { cpu }) => sum + cpu, 0)
        const memory = all.reduce((sum, one) => sum + one.memory, 0)
        // Wine counts no times of a job.
        const cpu = Math.max(job.cpu(), living)
        found.set(root, { memory, cpu, ...(job.wasRefusedMemory() ? { refused: true } : {}) })
      }
      return found
    },
    async extents(roots) {
      const found = new Map<number, Extent>()
      for (const [root, job] of jobsOf(roots)) {
        const counts = job.pids().map(handlesOf)
        const isKnown = counts.every((count) => count !== null)
        const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0)
        found.set(root, { processes: counts.length, descriptors: isKnown ? sum : null })
      }
      return found
    },
  }
}

function jobsOf(roots: readonly number[]): (readonly [number, Job])[] {
  return roots.flatMap((root) => {
    const job = jobOfProgram(root)
    return job === undefined ? [] : [[root, job] as const]
  })
}

function usageOf(pid: number): Usage | null {
  return looking(pid, (process) => {
    const counters = Buffer.alloc(COUNTERS_SIZE)
    counters.writeUInt32LE(COUNTERS_SIZE, 0)
    if (!kernel32().K32GetProcessMemoryInfo(process, counters, COUNTERS_SIZE)) return null
    const [created, exited, kernel, user] = times()
    if (!kernel32().GetProcessTimes(process, created, exited, kernel, user)) return null
    const time = kernel.readBigUInt64LE(0) + user.readBigUInt64LE(0)
    return {
      memory: Number(counters.readBigUInt64LE(COMMITTED)),
      cpu: Number(time / 10_000n),
    }
  })
}

/** FILETIME: units of 100 ns. */
function times(): readonly [Buffer, Buffer, Buffer, Buffer] {
  return [Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8), Buffer.alloc(8)]
}

function handlesOf(pid: number): number | null {
  return looking(pid, (process) => {
    const count: [number] = [0]
    return kernel32().GetProcessHandleCount(process, count) ? count[0] : null
  })
}

function looking<T>(pid: number, use: (process: Handle) => T | null): T | null {
  const process = openLiving(pid)
  if (process === null) return null
  try {
    return use(process)
  } finally {
    close(process)
  }
}

/** What this process uses itself; its handles are its descriptors. */
export function ownUsage(): OwnUsage {
  const { user, system } = process.cpuUsage()
  const count: [number] = [0]
  const known = kernel32().GetProcessHandleCount(THIS_PROCESS, count) as number
  return {
    memory: process.memoryUsage.rss(),
    cpu: (user + system) / 1000,
    descriptors: known === 0 ? null : count[0],
  }
}
