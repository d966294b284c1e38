import type { CgroupFact } from '../../../model/cgroup-fact.ts'
import type { Child, ProcessIdentity } from '../../../model/ports/spawner.ts'
import type { ControlGroup } from '../cgroup/control-group.ts'
import { groupMembers, treeMembers } from './family.ts'
import { bootIdentity, type ProcessEntry, processEntry, processTable } from './proc-table.ts'
import {
  kill,
  type PidDescriptors,
  signalIdentity,
  signalName,
  signalNumber,
} from './send-signal.ts'

/** Signals that ask to end: a stopped program is made to go on, so that it can follow. */
const ASK_TO_END = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']

export interface ChildParts {
  readonly own: boolean
  readonly identity: () => ProcessIdentity
  /** False from the moment the end of the leader is told. */
  readonly isHeld: () => boolean
  /** Whether the spawner waits for it itself: the number of a held leader can be nobody else's. */
  readonly keepsNumber: boolean
  /** Value of the mark in the environment. */
  readonly mark: string | null
  readonly descriptors: PidDescriptors | null
  /** Who was the program before it, of whose tree it is; null for the first. */
  readonly former?: Child
  readonly cgroup?: ChildGroup | undefined
}

/** What became of the wish for a control group. */
export interface ChildGroup {
  readonly fact: CgroupFact
  /** null where there is none. */
  readonly group: ControlGroup | null
  /** Another process of it is the program now. */
  readonly follow: (pid: number) => void
  /** Gives it up. */
  readonly release: () => void
}

const known = new WeakMap<Child, ChildParts>()

/** What a child of a spawner of this platform was made of. */
export function partsOf(child: Child): ChildParts | undefined {
  return known.get(child)
}

/** The child of a spawner: how it is signalled and what is left of it. */
export function watchedChild(parts: ChildParts): Child {
  const { own, identity, isHeld, keepsNumber, mark, descriptors, former, cgroup } = parts
  const kernelGroup = cgroup?.group ?? null
  let groupIsGone = false

  /** Whether the number of the group is ours for sure, without looking at other processes. */
  const isCertain = (): boolean => keepsNumber && isHeld()

  const identityOf = ({ pid, birth }: ProcessEntry): ProcessIdentity => ({
    pid,
    birth,
    boot: bootIdentity(),
  })

  const group = (): readonly ProcessEntry[] => {
    if (!groupIsGone && !isCertain() && !kill(-identity().pid, 0)) groupIsGone = !isHeld()
    return groupIsGone ? [] : groupMembers(processTable(), identity())
  }

  /** Who is in the control group, whatever it did to get away. */
  const grouped = (): readonly ProcessEntry[] =>
    kernelGroup === null
      ? []
      : kernelGroup
          .processes()
          .filter((pid) => pid !== process.pid)
          .flatMap((pid) => processEntry(pid) ?? [])
          .filter((one) => !one.zombie)

  const tree = (): readonly ProcessEntry[] => {
    group()
    const members = treeMembers(processTable(), groupIsGone ? null : identity(), mark)
    if (former === undefined) return united(members, grouped())
    const others = former.survivors('tree').flatMap(({ pid }) => processTable().get(pid) ?? [])
    return united(members, others, grouped())
  }

  const sendToGroup = (signal: number): boolean => kill(-identity().pid, signal)

  const send = (signal: number, to: 'leader' | 'group' | 'tree'): readonly number[] => {
    const { pid } = identity()
    if (to === 'leader') {
      if (isCertain()) return kill(pid, signal) ? [pid] : []
      return signalIdentity(identity(), signal, descriptors) ? [pid] : []
    }
    if (to === 'group' && isCertain()) return sendToGroup(signal) ? [pid] : []
    const isInFormer = former !== undefined && processTable().get(pid)?.group !== pid
    if (to === 'group' && isInFormer) return former.signal(signalName(signal), to)
    const members = to === 'group' ? group() : tree()
    // First: it leaves no moment for a fork. The others have left the group, or have not reached it yet.
    const isEnd = to === 'tree' && signalName(signal) === 'SIGKILL'
    const ended = isEnd && kernelGroup !== null ? grouped() : []
    if (ended.length > 0) kernelGroup?.kill()
    const inGroup = groupIsGone ? [] : members.filter((one) => one.group === pid)
    // The whole group at once: nobody in it can escape by a fork.
    const reached = inGroup.length > 0 && sendToGroup(signal) ? inGroup : []
    const others = members.filter(
      (one) => !inGroup.includes(one) && signalIdentity(identityOf(one), signal, descriptors),
    )
    return united(ended, reached, others).map((one) => one.pid)
  }

  const child: Child = {
    own,
    ...(cgroup === undefined ? {} : { cgroup: cgroup.fact }),
    get identity() {
      return identity()
    },
    signal(name, to) {
      const signal = signalNumber(name)
      if (signal <= 0 || identity().boot !== bootIdentity()) return []
      const reached = send(signal, to)
      if (ASK_TO_END.includes(name)) send(signalNumber('SIGCONT'), to)
      return reached
    },
    survivors(depth) {
      const members = depth === 'group' ? united(group(), grouped()) : tree()
      // The table may be of a moment ago.
      return members.filter(({ pid }) => kill(pid, 0)).map(identityOf)
    },
    limit({ memory }) {
      try {
        kernelGroup?.limitMemory(memory)
      } catch {
        // The group is gone, and with it all that would be limited.
      }
    },
    release: () => cgroup?.release(),
  }
  known.set(child, parts)
  return child
}

/** Each once. */
function united(...lists: readonly (readonly ProcessEntry[])[]): readonly ProcessEntry[] {
  const [only = [], ...more] = lists.filter((list) => list.length > 0)
  return more.length === 0 ? only : [...new Map(lists.flat().map((one) => [one.pid, one])).values()]
}
