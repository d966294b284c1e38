import { readdirSync, readFileSync } from 'node:fs'
import type { TreeUsage, Usage } from '../../model/ports/tree-usage.ts'

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
 * root's session, wherever its parent went. Elsewhere nothing is found.
 */
export function treeUsage(): TreeUsage {
  return {
    async sample(roots) {
      const all = allProcesses()
      const found = new Map<number, Usage>()
      for (const root of roots) if (all.has(root)) found.set(root, { memory: 0, cpu: 0 })
      if (found.size === 0) return found
      const owners = new Map<number, number | null>()
      for (const [pid, facts] of all) {
        const root = rootOf(pid, all, found, owners)
        const sum = root === null ? undefined : found.get(root)
        if (root === null || sum === undefined) continue
        found.set(root, { memory: sum.memory + facts.memory, cpu: sum.cpu + facts.cpu })
      }
      return found
    },
  }
}

/** The nearest root above a process; remembered for all on the way. */
function rootOf(
  pid: number,
  all: ReadonlyMap<number, ProcessFacts>,
  roots: ReadonlyMap<number, unknown>,
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
