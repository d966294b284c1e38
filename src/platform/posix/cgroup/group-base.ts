import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isDelegated } from './delegation.ts'
import type { Place } from './own-cgroup.ts'

/** The group of the guard itself, beside those of its programs. */
const LEAF = 'stead.guard'
/** What is enabled where the kernel has it: the others do not say what our limits say. */
const WANTED = 'memory'

/** A directory in which groups of programs can be made. */
export type Base =
  | {
      readonly directory: string
      readonly controllers: readonly string[]
      /** Why a controller that is wanted is missing; null where none is. */
      readonly lacking: string | null
    }
  | { readonly directory: null; readonly reason: string }

/**
 * Finds out whether groups may be made where the guard is, and makes it ready for that: with a
 * controller to enable, the guard goes into a group of its own first, since a group that hands
 * controllers on may have no processes itself ("no internal processes", cgroup-v2.rst).
 *
 * @param own the group of the guard
 */
export function groupBase(own: Place): Base {
  if (own.directory === null) return { directory: null, reason: own.reason }
  const directory = basename(own.directory) === LEAF ? dirname(own.directory) : own.directory
  const delegated = isDelegated(directory)
  if (delegated === 'no') {
    const reason = `systemd has not delegated ${directory} (Delegate=yes of systemd.resource-control(5))`
    return { directory: null, reason }
  }
  const fault = faultOf(directory)
  if (fault !== null) return { directory: null, reason: fault }
  return { directory, ...enable(directory, delegated === 'yes') }
}

function faultOf(directory: string): string | null {
  try {
    accessSync(directory, constants.W_OK)
    // To move a process takes the right to write here too: "delegation containment", cgroup-v2.rst.
    accessSync(join(directory, 'cgroup.procs'), constants.W_OK)
  } catch (error) {
    return `${directory} is not writable for the guard (${(error as NodeJS.ErrnoException).code})`
  }
  const type = read(join(directory, 'cgroup.type')).trim()
  return type === '' || type === 'domain' ? null : `${directory} is a ${type} group`
}

function enable(
  directory: string,
  isOurs: boolean,
): { readonly controllers: readonly string[]; readonly lacking: string | null } {
  const words = (name: string): string[] => read(join(directory, name)).split(/\s+/)
  if (!words('cgroup.controllers').includes(WANTED)) {
    return { controllers: [], lacking: `there is no ${WANTED} controller in ${directory}` }
  }
  if (words('cgroup.subtree_control').includes(WANTED))
    return { controllers: [WANTED], lacking: null }
  try {
    // The root of all, which has no type, may have processes.
    if (existsSync(join(directory, 'cgroup.type'))) goIntoLeaf(directory, isOurs)
    writeFileSync(join(directory, 'cgroup.subtree_control'), `+${WANTED}`)
    return { controllers: [WANTED], lacking: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'EBUSY' ? `other processes are in ${directory}` : `${directory}: ${code}`
    return { controllers: [], lacking: `the ${WANTED} controller cannot be enabled: ${why}` }
  }
}

/** @param isOurs whatever is there was started by this guard, or with it */
function goIntoLeaf(directory: string, isOurs: boolean): void {
  const there = read(join(directory, 'cgroup.procs')).split('\n').filter(Boolean)
  const going = isOurs ? there : there.filter((pid) => Number(pid) === process.pid)
  if (going.length === 0) return
  const leaf = join(directory, LEAF)
  mkdirSync(leaf, { recursive: true })
  for (const pid of going) {
    try {
      writeFileSync(join(leaf, 'cgroup.procs'), pid)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Names of the groups that are in it. */
export function groupNamesIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true })
    return entries.filter((one) => one.isDirectory()).map(({ name }) => name)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
