import type { Exit } from '../../../model/exit.ts'
import type { Child, ProcessIdentity, Spawner } from '../../../model/ports/spawner.ts'
import type { EndWatch } from './end-watch.ts'
import { MARK } from './family.ts'
import {
  bootIdentity,
  environmentOf,
  type ProcessEntry,
  processEntry,
  renewProcessTable,
} from './proc-table.ts'
import type { Reaper } from './reaper.ts'
import type { PidDescriptors } from './send-signal.ts'
import { partsOf, watchedChild } from './watched-child.ts'

export interface FollowMeans {
  readonly ends: EndWatch
  readonly descriptors: PidDescriptors | null
  /** Where orphans of the tree become children of this process: the exit is then known. */
  readonly reaping: Pick<Reaper, 'watch' | 'isWatched' | 'forget'> | null
}

/** Another process of the tree of a child, watched as the program from now on. */
export function followedChild(
  former: Child,
  { pid, speaker }: Parameters<Spawner['follow']>[1],
  onExit: (exit: Exit) => void,
  { ends, descriptors, reaping }: FollowMeans,
): Child | null {
  const mark = partsOf(former)?.mark ?? null
  // It may have been started a moment ago.
  renewProcessTable()
  const entry = processEntry(pid)
  if (entry === null || entry.zombie || pid === process.pid) return null
  // What a spawner has started itself is the program of somebody else.
  const mayBeOrphan = speaker === pid && reaping?.isWatched(pid) === false
  if (!isOfTree(former, entry, mark) && !(mayBeOrphan && isOurOrphan(entry))) return null
  const identity: ProcessIdentity = { pid, birth: entry.birth, boot: bootIdentity() }
  let isHeld = true
  const end = (exit: Exit): void => {
    if (!isHeld) return
    isHeld = false
    reaping?.forget(pid)
    onExit(exit)
  }
  reaping?.watch(pid, { settle() {}, ended: end })
  const isThere = ends.watch(identity, () => {
    // A zombie of ours is waited for, and how it ended is told then.
    const left = processEntry(pid)
    const isOurs = reaping !== null && left?.zombie === true && left.parent === process.pid
    if (!isOurs) end({ kind: 'unknown' })
  })
  if (!isThere) {
    reaping?.forget(pid)
    return null
  }
  const cgroup = partsOf(former)?.cgroup
  cgroup?.follow(pid)
  return watchedChild({
    own: false,
    identity: () => identity,
    isHeld: () => isHeld,
    keepsNumber: false,
    mark,
    descriptors,
    former,
    cgroup,
  })
}

function isOfTree(former: Child, { pid }: ProcessEntry, mark: string | null): boolean {
  if (former.survivors('tree').some((one) => one.pid === pid)) return true
  // Its parents are gone, and its session is its own: the mark is what it has kept.
  return mark !== null && environmentOf(pid)?.includes(`${MARK}=${mark}`) === true
}

/**
 * It lost its parents and everything that would tell whose it was, and says it itself: only
 * descendants of this process come to it as orphans (prctl(2), PR_SET_CHILD_SUBREAPER).
 */
function isOurOrphan({ pid, parent }: ProcessEntry): boolean {
  if (parent !== process.pid) return false
  return environmentOf(pid)?.some((one) => one.startsWith(`${MARK}=`)) === false
}
