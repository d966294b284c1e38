import type { Child, ProcessIdentity } from '../../../model/ports/spawner.ts'
import { groupMembers, treeMembers } from './family.ts'
import { bootIdentity, type ProcessEntry, processTable } from './proc-table.ts'
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
}

const known = new WeakMap<Child, ChildParts>()

/** What a child of a spawner of this platform was made of. */
export function partsOf(child: Child): ChildParts | undefined {
  return known.get(child)
}

/** The child of a spawner: how it is signalled and what is left of it. */
export function watchedChild(parts: ChildParts): Child {
  const { own, identity, isHeld, keepsNumber, mark, descriptors, former } = parts
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

  const tree = (): readonly ProcessEntry[] => {
    group()
    const members = treeMembers(processTable(), groupIsGone ? null : identity(), mark)
    if (former === undefined) return members
    const others = former.survivors('tree').flatMap(({ pid }) => processTable().get(pid) ?? [])
    return [...new Map([...members, ...others].map((one) => [one.pid, one])).values()]
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
    const inGroup = groupIsGone ? [] : members.filter((one) => one.group === pid)
    // The whole group at once: nobody in it can escape by a fork.
    const reached = inGroup.length > 0 && sendToGroup(signal) ? inGroup : []
    const others = members.filter(
      (one) => !inGroup.includes(one) && signalIdentity(identityOf(one), signal, descriptors),
    )
    return [...reached, ...others].map((one) => one.pid)
  }

  const child: Child = {
    own,
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
      const members = depth === 'group' ? group() : tree()
      // The table may be of a moment ago.
      return members.filter(({ pid }) => kill(pid, 0)).map(identityOf)
    },
  }
  known.set(child, parts)
  return child
}
