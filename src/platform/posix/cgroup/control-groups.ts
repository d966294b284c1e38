import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CgroupFact } from '../../../model/cgroup-fact.ts'
import { groupName, markOfGroup } from '../../../model/program-marks.ts'
import { type ControlGroup, controlGroup, removeGroup } from './control-group.ts'
import { type Base, groupBase, groupNamesIn } from './group-base.ts'
import { cgroupName, cgroupPlace, ownCgroup, type Place } from './own-cgroup.ts'

export type Opened =
  | { readonly group: ControlGroup; readonly fact: CgroupFact }
  | { readonly group: null; readonly fact: CgroupFact }

/** The control groups of one guard's programs, one for each life. */
export interface ControlGroups {
  /** Makes the group of a life, by its mark, or says why it cannot. */
  open(mark: string, limits: { readonly memory: number | null }): Opened
  /** The group of a life in which a process is, and the mark of that life; null for one that is in none. */
  of(pid: number): { readonly group: ControlGroup; readonly mark: string } | null
  /** From now on what is asked of `pid` is asked of its group. */
  keep(pid: number, group: ControlGroup): void
  /** The group of which `pid` is the program. */
  keptOf(pid: number): ControlGroup | null
  /** Nothing of that life is left, or it is given up: the group goes now, or when it is empty. */
  release(group: ControlGroup): void
  /** Removes groups without processes that an earlier guard left. */
  sweep(guardId: string): void
}

/** @param own the group of this process; another one only in tests */
export function controlGroups(own: () => Place = ownCgroup): ControlGroups {
  let ready: Base | null = null
  const kept = new Map<number, ControlGroup>()
  const going = new Set<ControlGroup>()

  const base = (): Base => {
    // What was refused may be given later; what was given stays.
    if (ready === null || ready.directory === null) ready = groupBase(own())
    return ready
  }

  function tidy(): void {
    for (const group of going) if (group.remove()) going.delete(group)
  }

  return {
    open(mark, { memory }) {
      tidy()
      const found = base()
      if (found.directory === null) return { group: null, fact: noGroup(found.reason) }
      const path = join(found.directory, groupName(mark))
      const { controllers, lacking } = found
      const group = controlGroup(path, controllers, memory === null ? null : lacking)
      try {
        make(path)
        if (memory !== null) group.limitMemory(memory)
        return { group, fact: group.fact }
      } catch (error) {
        removeGroup(path)
        const { code } = error as NodeJS.ErrnoException
        return { group: null, fact: noGroup(`${path} cannot be made (${code})`) }
      }
    },
    of(pid) {
      const place = placeOf(pid)
      if (place === null) return null
      const parts = place.split('/')
      // The innermost one: a guard may itself be the program of a guard.
      const at = parts.findLastIndex((part) => markOfGroup(part) !== null)
      const mark = markOfGroup(parts[at] ?? '')
      if (mark === null) return null
      const path = parts.slice(0, at + 1).join('/')
      const hasMemory = readOr(join(path, 'memory.max')) !== null
      return { group: controlGroup(path, hasMemory ? ['memory'] : [], null), mark }
    },
    keep: (pid, group) => void kept.set(pid, group),
    keptOf: (pid) => kept.get(pid) ?? null,
    release(group) {
      for (const [pid, one] of kept) if (one === group) kept.delete(pid)
      going.add(group)
      tidy()
    },
    sweep(guardId) {
      const place = own()
      if (place.directory === null) return
      for (const directory of [place.directory, join(place.directory, '..')]) {
        for (const name of groupNamesIn(directory)) {
          if (markOfGroup(name)?.startsWith(`${guardId}.`)) removeGroup(join(directory, name))
        }
      }
    },
  }
}

/** One of that name that is empty still counts what was in it. */
function make(path: string): void {
  try {
    mkdirSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !removeGroup(path)) throw error
    mkdirSync(path)
  }
}

function noGroup(reason: string): CgroupFact {
  return { path: null, controllers: [], reason }
}

/** The directory of the group of a process, as it is seen from here. */
function placeOf(pid: number): string | null {
  const groups = readOr(`/proc/${pid}/cgroup`)
  if (groups === null || cgroupName(groups)?.includes(`/${groupName('')}`) !== true) return null
  return cgroupPlace(readOr('/proc/self/mountinfo') ?? '', groups).directory
}

function readOr(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
