import type { Exit } from '../../../model/exit.ts'
import type { Child, FoundProcess, ProcessIdentity } from '../../../model/ports/spawner.ts'
import type { EndWatch } from './end-watch.ts'
import { MARK } from './family.ts'
import { bootIdentity, environmentOf, processTable } from './proc-table.ts'
import type { PidDescriptors } from './send-signal.ts'
import { watchedChild } from './watched-child.ts'

/** Processes of others whose environment has `name=value`; leaders of sessions first. */
export function findByEnvironment(name: string, value: string): readonly FoundProcess[] {
  const assignment = `${name}=${value}`
  const found: FoundProcess[] = []
  for (const { pid, birth, session, zombie } of processTable().values()) {
    if (zombie || pid === process.pid) continue
    const assignments = environmentOf(pid)
    if (!assignments?.includes(assignment)) continue
    found.push({
      identity: { pid, birth, boot: bootIdentity() },
      isLeader: session === pid,
      environment: Object.fromEntries(
        assignments.flatMap((one) => {
          const at = one.indexOf('=', 1)
          return at < 0 ? [] : [[one.slice(0, at), one.slice(at + 1)]]
        }),
      ),
    })
  }
  return found.sort((one, other) => Number(other.isLeader) - Number(one.isLeader))
}

/** A process that somebody else started, watched from now on; null where it is gone. */
export function adoptedChild(
  identity: ProcessIdentity,
  onExit: (exit: Exit) => void,
  watch: EndWatch,
  descriptors: PidDescriptors | null,
): Child | null {
  if (identity.boot !== bootIdentity()) return null
  let isHeld = true
  const isThere = watch.watch(identity, () => {
    isHeld = false
    onExit({ kind: 'unknown' })
  })
  if (!isThere) return null
  const marked = environmentOf(identity.pid)?.find((one) => one.startsWith(`${MARK}=`))
  return watchedChild({
    own: false,
    identity: () => identity,
    isHeld: () => isHeld,
    keepsNumber: false,
    mark: marked?.slice(MARK.length + 1) ?? null,
    descriptors,
  })
}
