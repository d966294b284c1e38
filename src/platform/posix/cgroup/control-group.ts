import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CgroupFact } from '../../../model/cgroup-fact.ts'

/** Groups in groups that are looked through: a program may make its own. */
const DEEPEST = 16

/** One directory of a hierarchy of version 2, whose files are those of the kernel's cgroup-v2.rst. */
export interface ControlGroup {
  readonly path: string
  readonly fact: CgroupFact
  /** Who writes 0 into this file is in the group, with all that descends from it. */
  readonly door: string
  /** Pids of it and of the groups in it; empty where it is gone. Zombies are not among them. */
  processes(): readonly number[]
  /** SIGKILL to all at once, so that none escapes by a fork; false where the kernel cannot (before 5.14). */
  kill(): boolean
  /** Above so many bytes the kernel ends all of it; null for no limit. Nothing where there is no controller. */
  limitMemory(bytes: number | null): void
  /** Bytes in use without the page cache that could be given back, and milliseconds of processor time; null where the kernel does not count it. */
  usage(): { readonly memory: number | null; readonly cpu: number | null }
  /** Whether the kernel ended one of it for want of memory: its own limit, or that of the machine. */
  outOfMemory(): 'limit' | 'machine' | null
  /** False while somebody is in it. */
  remove(): boolean
}

/** @param reason as in {@link CgroupFact} */
export function controlGroup(
  path: string,
  controllers: readonly string[],
  reason: string | null,
): ControlGroup {
  const hasMemory = controllers.includes('memory')
  return {
    path,
    fact: { path, controllers, reason },
    door: join(path, 'cgroup.procs'),
    processes: () => [...new Set(groupsIn(path).flatMap(membersOf))],
    kill() {
      try {
        // Not created where it is missing: the kernel refuses that, a directory of files would not.
        writeFileSync(join(path, 'cgroup.kill'), '1', { flag: 'r+' })
        return true
      } catch {
        return false
      }
    },
    limitMemory(bytes) {
      if (!hasMemory) return
      writeFileSync(join(path, 'memory.max'), bytes === null ? 'max' : String(bytes))
      // Half a tree helps nobody: with a limit it ends as a whole.
      writeFileSync(join(path, 'memory.oom.group'), bytes === null ? '0' : '1')
    },
    usage() {
      const cpu = valuesOf(join(path, 'cpu.stat')).get('usage_usec')
      return {
        memory: hasMemory ? memoryOf(path) : null,
        cpu: cpu === undefined ? null : cpu / 1000,
      }
    },
    outOfMemory() {
      const events = valuesOf(join(path, 'memory.events'))
      if ((events.get('oom_kill') ?? 0) === 0) return null
      return (events.get('oom') ?? 0) > 0 ? 'limit' : 'machine'
    },
    remove: () => removeGroup(path),
  }
}

/** Removes a group and those in it; true where there is none any more. */
export function removeGroup(path: string): boolean {
  try {
    // The deepest first: rmdir(2) wants a group without groups.
    for (const one of groupsIn(path).reverse()) rmdirSync(one)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** The group itself, then those in it. */
function groupsIn(path: string, depth = 0): string[] {
  if (depth > DEEPEST) return [path]
  try {
    const inner = readdirSync(path, { withFileTypes: true }).filter((one) => one.isDirectory())
    return [path, ...inner.flatMap(({ name }) => groupsIn(join(path, name), depth + 1))]
  } catch {
    return [path]
  }
}

function membersOf(path: string): number[] {
  // 0 stands for a process of another pid namespace: it cannot be named from here.
  return (textOf(join(path, 'cgroup.procs')) ?? '')
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0)
}

/** What kubelet calls the working set: the kernel gives inactive page cache back before it kills. */
function memoryOf(path: string): number | null {
  const current = textOf(join(path, 'memory.current'))
  if (current === null) return null
  const cache = valuesOf(join(path, 'memory.stat')).get('inactive_file') ?? 0
  return Math.max(0, Number(current) - cache)
}

/** Lines of `name value`, the "flat keyed" format. */
function valuesOf(file: string): ReadonlyMap<string, number> {
  const lines = (textOf(file) ?? '').split('\n').map((line) => line.split(' '))
  return new Map(lines.map(([name = '', value]) => [name, Number(value)]))
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
