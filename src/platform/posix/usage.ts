import { readdirSync, readFileSync } from 'node:fs'
import type { OwnUsage } from '../../model/guard-metrics.ts'
import type { Extent, TreeUsage, Usage } from '../../model/ports/tree-usage.ts'
import type { ControlGroups } from './cgroup/control-groups.ts'

const PAGE_SIZE = 4096
/** USER_HZ, which proc(5) counts processor time in, is 100 on all that Node runs on. */
const TICK = 10

interface ProcessFacts {
  readonly parent: number
  readonly session: number
  readonly memory: number
  readonly cpu: number
}

/**
 * Linux: sums over /proc (proc(5)). To a tree belong the descendants of its root, and who is in the
 * root's session, wherever its parent went; for one with a control group, who is in that, and what
 * the kernel counts there itself. Elsewhere nothing is found.
 */
export function treeUsage(
  groups: Pick<ControlGroups, 'keptOf'> = { keptOf: () => null },
): TreeUsage {
  return {
    async sample(roots) {
      const found = new Map<number, Usage>()
      for (const [root, usage] of inGroups(roots, groups)) found.set(root, usage)
      const others = roots.filter((root) => !found.has(root))
      for (const [, root, facts] of membersOf(others)) {
        const sum = found.get(root) ?? { memory: 0, cpu: 0 }
        found.set(root, { memory: sum.memory + facts.memory, cpu: sum.cpu + facts.cpu })
      }
      return found
    },
    async extents(roots) {
      const found = new Map<number, Extent>()
      const grouped = roots.flatMap((root) =>
        (groups.keptOf(root)?.processes() ?? []).map((pid) => [pid, root] as const),
      )
      const inside = new Set(grouped.map(([, root]) => root))
      const others = membersOf(roots.filter((root) => !inside.has(root)))
      for (const [pid, root] of [...grouped, ...others]) {
        const { processes, descriptors } = found.get(root) ?? { processes: 0, descriptors: 0 }
        const open = descriptors === null ? null : openDescriptors(pid)
        const sum = descriptors === null || open === null ? null : descriptors + open
        found.set(root, { processes: processes + 1, descriptors: sum })
      }
      return found
    },
  }
}

/** What those use that have a control group: a few files of each, and not all of /proc. */
function inGroups(
  roots: readonly number[],
  groups: Pick<ControlGroups, 'keptOf'>,
): (readonly [number, Usage])[] {
  return roots.flatMap((root) => {
    const group = groups.keptOf(root)
    const { memory = null, cpu = null } = group?.usage() ?? {}
    // Until it has reached its group it is measured as the others are.
    if (group === null || cpu === null || group.processes().length === 0) return []
    return [[root, { memory: memory ?? residentOf(group.processes()), cpu }] as const]
  })
}

function residentOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (factsOf(String(pid))?.memory ?? 0), 0)
}

/** Every process of the trees, with its root and what is known of it. */
function membersOf(roots: readonly number[]): (readonly [number, number, ProcessFacts])[] {
  if (roots.length === 0) return []
  const all = allProcesses()
  const living = new Set(roots.filter((root) => all.has(root)))
  if (living.size === 0) return []
  const owners = new Map<number, number | null>()
  return [...all].flatMap(([pid, facts]) => {
    const root = rootOf(pid, all, living, owners)
    return root === null || !living.has(root) ? [] : [[pid, root, facts] as const]
  })
}

/** What this process uses itself. */
export function ownUsage(): OwnUsage {
  const { user, system } = process.cpuUsage()
  return {
    memory: process.memoryUsage.rss(),
    cpu: (user + system) / 1000,
    descriptors: process.platform === 'linux' ? openDescriptors('self') : null,
  }
}

/** Null where they may not be seen, which proc(5) has as a matter of ptrace(2); 0 for one that is gone. */
function openDescriptors(pid: number | 'self'): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 0 : null
  }
}

/** The nearest root above a process; remembered for all on the way. */
function rootOf(
  pid: number,
  all: ReadonlyMap<number, ProcessFacts>,
  roots: ReadonlySet<number>,
  owners: Map<number, number | null>,
): number | null {
  const way: number[] = []
  let at = pid
  let root: number | null = null
  for (;;) {
    const known = owners.get(at)
    const facts = all.get(at)
    if (known !== undefined) root = known
    else if (roots.has(at)) root = at
    else if (facts !== undefined && roots.has(facts.session)) root = facts.session
    // A table that changed while it was read may even lead around in a circle.
    else if (facts !== undefined && facts.parent > 0 && way.length < all.size) {
      way.push(at)
      at = facts.parent
      continue
    }
    break
  }
  for (const one of [...way, at]) owners.set(one, root)
  return root
}

function allProcesses(): Map<number, ProcessFacts> {
  const all = new Map<number, ProcessFacts>()
  for (const name of namesIn('/proc')) {
    const first = name.charCodeAt(0)
    if (first < 0x31 || first > 0x39) continue
    const facts = factsOf(name)
    if (facts !== null) all.set(Number(name), facts)
  }
  return all
}

function factsOf(pid: string): ProcessFacts | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  // From the third field on; the second, the name, may hold blanks and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return {
    parent: field(4),
    session: field(6),
    // utime and stime, then those of children that were waited for.
    cpu: (field(14) + field(15) + field(16) + field(17)) * TICK,
    memory: field(24) * PAGE_SIZE,
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
