import type { Exit } from '../../../model/exit.ts'
import type { SpawnRequest } from '../../../model/ports/spawner.ts'
import type { ControlGroups } from '../cgroup/control-groups.ts'
import { MARK } from './family.ts'
import type { ChildGroup } from './watched-child.ts'

/** The control group of a program that is about to be started. */
export interface NewGroup {
  readonly child: ChildGroup | undefined
  /** The file by which it is entered; null where there is none. */
  readonly door: string | null
  /** The program has this pid. */
  readonly started: (pid: number) => void
  /** It could not be started. */
  readonly failed: () => void
  /** What is known of its end beside what waitpid(2) tells. */
  readonly ended: (exit: Exit) => Exit
}

const NONE: NewGroup = {
  child: undefined,
  door: null,
  started() {},
  failed() {},
  ended: (exit) => exit,
}

export function newGroup(groups: ControlGroups | null, request: SpawnRequest): NewGroup {
  const { cgroup, env } = request
  if (groups === null || cgroup === undefined) return NONE
  const { group, fact } = groups.open(env[MARK] ?? '', cgroup)
  if (group === null) return { ...NONE, child: { fact, group, follow() {}, release() {} } }
  const release = (): void => groups.release(group)
  const follow = (pid: number): void => groups.keep(pid, group)
  return {
    child: { fact, group, follow, release },
    door: group.door,
    started: follow,
    failed: release,
    ended(exit) {
      if (exit.kind !== 'signal' || exit.signal !== 'SIGKILL') return exit
      const outOfMemory = group.outOfMemory()
      return outOfMemory === null ? exit : { ...exit, outOfMemory }
    },
  }
}

/** The group that a process of an earlier guard is in, and the mark of its life. */
export function groupOfFound(
  groups: ControlGroups | null,
  pid: number,
): { readonly child: ChildGroup; readonly mark: string } | null {
  const found = groups?.of(pid) ?? null
  if (groups === null || found === null) return null
  const { group, mark } = found
  groups.keep(pid, group)
  return {
    mark,
    child: {
      fact: group.fact,
      group,
      follow: (other) => groups.keep(other, group),
      release: () => groups.release(group),
    },
  }
}
