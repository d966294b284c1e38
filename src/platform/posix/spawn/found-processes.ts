import type { Exit } from '../../../model/exit.ts'
import type { Child, FoundProcess, ProcessIdentity } from '../../../model/ports/spawner.ts'
import { MARKS, marksOf } from '../../../model/program-marks.ts'
import type { ControlGroups } from '../cgroup/control-groups.ts'
import { groupOfFound } from './child-group.ts'
import type { EndWatch } from './end-watch.ts'
import { MARK } from './family.ts'
import { bootIdentity, environmentOf, processTable } from './proc-table.ts'
import type { PidDescriptors } from './send-signal.ts'
import { watchedChild } from './watched-child.ts'

/**
 * Processes of others whose environment has `name=value`; leaders of sessions first. With the id of a
 * guard as what is looked for, also those that have cleared their environment, by their control group.
 */
export function findByEnvironment(
  name: string,
  value: string,
  groups: ControlGroups | null,
): readonly FoundProcess[] {
  const assignment = `${name}=${value}`
  const found: FoundProcess[] = []
  for (const { pid, birth, session, zombie } of processTable().values()) {
    if (zombie || pid === process.pid) continue
    const identity: ProcessIdentity = { pid, birth, boot: bootIdentity() }
    const assignments = environmentOf(pid)
    if (assignments?.includes(assignment)) {
      found.push({ identity, isLeader: session === pid, environment: recordOf(assignments) })
      continue
    }
    const mark = name === MARKS.guard ? (groups?.of(pid)?.mark ?? null) : null
    const environment = mark === null ? null : marksOf(mark, value)
    // It may lead a session, but it is not what the guard started: that has its environment.
    if (environment !== null) found.push({ identity, isLeader: false, environment })
  }
  return found.sort((one, other) => Number(other.isLeader) - Number(one.isLeader))
}

function recordOf(assignments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    assignments.flatMap((one) => {
      const at = one.indexOf('=', 1)
      return at < 0 ? [] : [[one.slice(0, at), one.slice(at + 1)]]
    }),
  )
}

export interface AdoptMeans {
  readonly watch: EndWatch
  readonly descriptors: PidDescriptors | null
  readonly groups: ControlGroups | null
}

/** A process that somebody else started, watched from now on; null where it is gone. */
export function adoptedChild(
  identity: ProcessIdentity,
  onExit: (exit: Exit) => void,
  { watch, descriptors, groups }: AdoptMeans,
): Child | null {
  if (identity.boot !== bootIdentity()) return null
  let isHeld = true
  const isThere = watch.watch(identity, () => {
    isHeld = false
    onExit({ kind: 'unknown' })
  })
  if (!isThere) return null
  const found = groupOfFound(groups, identity.pid)
  const marked = environmentOf(identity.pid)?.find((one) => one.startsWith(`${MARK}=`))
  return watchedChild({
    own: false,
    identity: () => identity,
    isHeld: () => isHeld,
    keepsNumber: false,
    mark: marked?.slice(MARK.length + 1) ?? found?.mark ?? null,
    descriptors,
    cgroup: found?.child,
  })
}
