import type { Clock } from '../model/ports/clock.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { TreeUsage, Usage } from '../model/ports/tree-usage.ts'
import type { ProgramLimits } from '../model/program-spec.ts'

const EVERY = 2_000
/** One look may fall into a peak of a moment. */
const MEMORY_SAMPLES = 2
const CPU_WINDOW = 10_000

/** @param since when it went over the limit first, on the monotonic clock */
export type LimitReport = (cause: 'memory' | 'cpu', why: string, since: number) => void

export interface LimitWatch {
  /**
   * Measures the tree of `pid` from now on, until it is stopped or over a limit. Nothing to do where
   * no limit is set.
   *
   * @returns what stops it
   */
  add(pid: number, limits: Pick<ProgramLimits, 'memory' | 'cpu'>, report: LimitReport): () => void
}

interface Watched {
  readonly pid: number
  readonly limits: Pick<ProgramLimits, 'memory' | 'cpu'>
  readonly report: LimitReport
  /** When it was first seen over its memory limit, and how often in a row. */
  over: { since: number; count: number } | null
  /** Processor time, oldest first, as far back as the window. */
  readonly cpu: { readonly at: number; readonly used: number }[]
}

/** Holds programs to what they may use: all of them measured in one look every two seconds, none when there is none. */
export function limitWatch(deps: {
  readonly clock: Clock
  readonly timers: Timers
  readonly usage: Pick<TreeUsage, 'sample'>
}): LimitWatch {
  const { clock, timers, usage } = deps
  const all = new Set<Watched>()
  let cancel: (() => void) | null = null
  let looking = false

  function arm(): void {
    if (all.size === 0) {
      cancel?.()
      cancel = null
    } else if (cancel === null && !looking) {
      cancel = timers.after(EVERY, look)
    }
  }

  function look(): void {
    cancel = null
    looking = true
    const looked = [...all]
    const done = (found: ReadonlyMap<number, Usage>): void => {
      looking = false
      const now = clock.monotonic()
      for (const one of looked) {
        const used = found.get(one.pid)
        if (used !== undefined && all.has(one)) judge(one, used, now)
      }
      arm()
    }
    usage.sample(looked.map(({ pid }) => pid)).then(done, () => done(new Map()))
  }

  function judge(one: Watched, used: Usage, now: number): void {
    const found = overMemory(one, used, now) ?? overCpu(one, used.cpu, now)
    if (found === null) return
    all.delete(one)
    one.report(found.cause, found.why, found.since)
  }

  return {
    add(pid, { memory, cpu }, report) {
      if (memory === null && cpu === null) return () => {}
      const one: Watched = { pid, limits: { memory, cpu }, report, over: null, cpu: [] }
      all.add(one)
      arm()
      return () => {
        all.delete(one)
        arm()
      }
    },
  }
}

interface Excess {
  readonly cause: 'memory' | 'cpu'
  readonly why: string
  readonly since: number
}

function overMemory(one: Watched, { memory: used, refused }: Usage, now: number): Excess | null {
  const limit = one.limits.memory
  if (limit !== null && refused) {
    // Whether it goes on after that is its own affair; what it could not do is not done.
    const why = `Windows refused it more memory; its limit is ${megabytes(limit)}`
    return { cause: 'memory', why, since: one.over?.since ?? now }
  }
  if (limit === null || used <= limit) {
    one.over = null
    return null
  }
  one.over ??= { since: now, count: 0 }
  one.over.count += 1
  if (one.over.count < MEMORY_SAMPLES) return null
  const why = `it used ${megabytes(used)} of memory; its limit is ${megabytes(limit)}`
  return { cause: 'memory', why, since: one.over.since }
}

function overCpu(one: Watched, used: number, now: number): Excess | null {
  const limit = one.limits.cpu
  if (limit === null) return null
  one.cpu.push({ at: now, used })
  // The newest sample that is as old as the window is what to compare with.
  while (one.cpu.length > 1 && now - (one.cpu[1] as { at: number }).at >= CPU_WINDOW) {
    one.cpu.shift()
  }
  const oldest = one.cpu[0] as { at: number; used: number }
  if (now - oldest.at < CPU_WINDOW) return null
  const share = (100 * (used - oldest.used)) / (now - oldest.at)
  if (share <= limit) return null
  const seconds = Math.round((now - oldest.at) / 1000)
  const why = `it used ${Math.round(share)} % of a core over ${seconds} s; its limit is ${limit} %`
  return { cause: 'cpu', why, since: oldest.at }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
