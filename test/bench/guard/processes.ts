import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'

/** Everything is read from proc(5); what has ended meanwhile counts nothing. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

export function executableOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
  } catch {
    return ''
  }
}

export function allPids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []))
}

/** `roots` and all that descends from them, each once; zombies are left out. */
export function treeOf(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>()
  for (const pid of allPids()) {
    const [, state, parent] = /^\d+ \(.*\) (\S) (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? []
    if (parent === undefined || state === 'Z') continue
    const list = children.get(Number(parent)) ?? []
    children.set(Number(parent), [...list, pid])
  }
  const found = new Set<number>()
  const visit = (pid: number): void => {
    if (found.has(pid)) return
    found.add(pid)
    for (const child of children.get(pid) ?? []) visit(child)
  }
  for (const root of roots) visit(root)
  return [...found]
}

/**
 * Seconds that the threads of `pids` have been on a processor, from the first number of schedstat in
 * nanoseconds (Documentation/scheduler/sched-stats.rst); utime and stime are hundredths only.
 */
export function cpuSeconds(pids: readonly number[]): number {
  const nanoseconds = pids.flatMap((pid) =>
    entries(`/proc/${pid}/task`).map((thread) =>
      Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
    ),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e9
}

function entries(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

export interface Memory {
  /** MiB that are in nobody else's memory and not on disk. */
  readonly privateDirty: number
  /** MiB, with a fair share of what several processes map. */
  readonly pss: number
}

/** @throws where nothing can be read of `pids`: a supervisor that is not there needs no memory */
export function memoryOf(pids: readonly number[]): Memory {
  const sums = { privateDirty: 0, pss: 0 }
  for (const pid of pids) {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    const value = (key: string): number =>
      Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? 0) / 1024
    sums.privateDirty += value('Private_Dirty')
    sums.pss += value('Pss')
  }
  if (sums.pss === 0) throw new Error(`no memory is known of the processes ${pids.join(' ')}`)
  return sums
}

/** MiB of the highest resident size of each since the last `forgetPeaks`, in sum. */
export function peakMemory(pids: readonly number[]): number {
  const peaks = pids.map((pid) =>
    Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0),
  )
  return peaks.reduce((sum, one) => sum + one, 0) / 1024
}

/** The next `peakMemory` begins with what is resident now: proc(5), clear_refs. */
export function forgetPeaks(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      writeFileSync(`/proc/${pid}/clear_refs`, '5')
    } catch {
      // It has ended meanwhile.
    }
  }
}
