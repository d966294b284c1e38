/** What a guard needs of the system it runs on. The modules of other systems are never loaded. */
import type { UserAccount } from '../guard/launch.ts'
import type { OwnUsage } from '../model/guard-metrics.ts'
import type { WhoIs } from '../model/ports/audit-files.ts'
import type { DescriptorStore } from '../model/ports/descriptor-store.ts'
import type { Caller } from '../model/ports/guard-api.ts'
import type { Locks } from '../model/ports/locks.ts'
import type { Processes } from '../model/ports/machine.ts'
import type { ProgramNotices } from '../model/ports/program-notices.ts'
import type { Spawner } from '../model/ports/spawner.ts'
import type { TreeUsage } from '../model/ports/tree-usage.ts'
import type { ControlGroups } from '../platform/posix/cgroup/control-groups.ts'

const isWindows = process.platform === 'win32'

export async function composeLocks(): Promise<Locks> {
  const { locks } = isWindows
    ? await import('../platform/win32/locks.ts')
    : await import('../platform/posix/locks.ts')
  return locks()
}

/** What makes the directories of an installation, and of a guard. */
export function composeDirectories(): Promise<
  typeof import('../platform/posix/guard-directories.ts')
> {
  return isWindows
    ? import('../platform/win32/guard-directories.ts')
    : import('../platform/posix/guard-directories.ts')
}

export async function composeProcesses(): Promise<Processes> {
  const { processes } = isWindows
    ? await import('../platform/win32/processes.ts')
    : await import('../platform/posix/processes.ts')
  return processes()
}

/** Names behind numbers, for what is written down. */
export async function composeWhoIs(): Promise<WhoIs> {
  const { whoIs } = isWindows
    ? await import('../platform/win32/who-is.ts')
    : await import('../platform/posix/who-is.ts')
  return whoIs()
}

/** What an account's programs find in their environment; null for one that the system does not know. */
export async function composeAccounts(): Promise<(user: string) => UserAccount | null> {
  if (isWindows) return () => null
  return (await import('../platform/posix/spawn/credentials.ts')).accountNamed
}

/** By what callers are told from each other: numbers, or SIDs on Windows. */
export interface CallerRules {
  /** The guard's own user; null where users have no numbers. */
  readonly owner: number | null
  /** On Windows: SIDs of users and groups who may do everything. */
  readonly trusted?: readonly string[]
  readonly uidOf: (name: string) => number | null
  readonly gidOf: (name: string) => number | null
}

export async function composeCallerRules(): Promise<CallerRules> {
  if (!isWindows) {
    const { uidOf, gidOf } = await import('../platform/posix/account-numbers.ts')
    return { owner: process.geteuid?.() ?? null, uidOf, gidOf }
  }
  const [{ ADMINISTRATORS, LOCAL_SYSTEM }, { ownIdentity }] = await Promise.all([
    import('../platform/win32/sids.ts'),
    import('../platform/win32/token-identity.ts'),
  ])
  const trusted = [ownIdentity().user, ADMINISTRATORS, LOCAL_SYSTEM]
  return { owner: null, trusted, uidOf: () => null, gidOf: () => null }
}

/** The guard itself, as one who asks it. */
export async function composeSelf(): Promise<Caller> {
  const { pid } = process
  if (!isWindows) return { uid: process.geteuid?.() ?? null, pid }
  const { ownIdentity } = await import('../platform/win32/token-identity.ts')
  return { uid: null, pid, sid: ownIdentity().user }
}

/**
 * On Windows by CreateProcessW and job objects; elsewhere by posix_spawn(3), or by node:child_process
 * where libc or koffi is not what that needs.
 */
export async function composeSpawner(groups: ControlGroups | null): Promise<Spawner> {
  if (isWindows) {
    return (await import('../platform/win32/spawn/windows-spawner.ts')).windowsSpawner()
  }
  try {
    return (await import('../platform/posix/spawn/posix-spawner.ts')).posixSpawner(groups)
  } catch {
    const { childProcessSpawner } = await import('../platform/posix/spawn/child-process-spawner.ts')
    return childProcessSpawner(groups)
  }
}

/** Where programs get control groups, without those that an earlier guard left; null on Windows. */
export async function composeGroups(guardId: string): Promise<ControlGroups | null> {
  if (isWindows) return null
  const groups = (await import('../platform/posix/cgroup/control-groups.ts')).controlGroups()
  groups.sweep(guardId)
  return groups
}

/** How programs are listened to and measured. */
export interface Senses {
  readonly notices: ProgramNotices | null
  readonly store: DescriptorStore
  readonly usage: TreeUsage
  readonly own: () => OwnUsage
}

/** @param directory of the sockets on which programs tell how they are */
export async function composeSenses(
  directory: string,
  groups: ControlGroups | null,
): Promise<Senses> {
  const { descriptorStore } = await import('../platform/posix/descriptor-store.ts')
  if (isWindows) {
    const { ownUsage, treeUsage } = await import('../platform/win32/usage.ts')
    const store = descriptorStore({ watchHangUp: () => () => {} })
    return { notices: null, store, usage: treeUsage(), own: ownUsage }
  }
  const [{ programNotices }, { ownUsage, treeUsage }, { credentials }] = await Promise.all([
    import('../platform/posix/program-notices.ts'),
    import('../platform/posix/usage.ts'),
    import('../platform/posix/spawn/credentials.ts'),
  ])
  const notices = programNotices(directory, (user) => {
    const found = credentials({ user, group: null, supplementaryGroups: [] })
    return 'fault' in found ? null : found.value.uid
  })
  return {
    notices,
    store: descriptorStore(notices),
    usage: treeUsage(groups ?? undefined),
    own: ownUsage,
  }
}

/** As what a listener of events runs. @throws where there is no such user */
export async function composeIds(): Promise<
  (user: string | null) => { readonly uid?: number; readonly gid?: number }
> {
  if (isWindows) return () => ({})
  const { credentials } = await import('../platform/posix/spawn/credentials.ts')
  return (user) => {
    if (user === null) return {}
    const found = credentials({ user, group: null, supplementaryGroups: null })
    if ('fault' in found) throw new Error(`there is no user ${user}`)
    const { uid, gid } = found.value
    return { ...(uid === null ? {} : { uid }), ...(gid === null ? {} : { gid }) }
  }
}
