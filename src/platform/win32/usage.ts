import type { OwnUsage } from '../../model/guard-metrics.ts'
import type { TreeUsage } from '../../model/ports/tree-usage.ts'
import { bind } from './win32-error.ts'

const kernel32 = bind('kernel32.dll', {
  GetProcessHandleCount:
    'int __stdcall GetProcessHandleCount(intptr_t process, _Out_ uint32_t *count)',
})
/** The pseudo handle that GetCurrentProcess gives. */
const THIS_PROCESS = -1

/** Nothing is known of the trees of programs that have no job object. */
export function treeUsage(): TreeUsage {
  return { sample: async () => new Map(), extents: async () => new Map() }
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
