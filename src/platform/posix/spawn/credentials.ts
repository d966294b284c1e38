import type { SpawnRequest, SpawnResult } from '../../../model/ports/spawner.ts'
import { type Bound, bindLibc } from './libc.ts'
import { failure } from './spawn-failure.ts'

/** Whom a program runs as, in numbers. */
export interface Credentials {
  readonly uid: number | null
  readonly gid: number | null
  /** null: those of the guard. */
  readonly groups: readonly number[] | null
}

/** struct passwd and struct group, <pwd.h> and <grp.h>: two pointers, then the number, 64-bit systems. */
const ID = 16
const PRIMARY_GROUP = 20
const HOME = 32
const SHELL = 40
/** NGROUPS_MAX of Linux is 65536; nobody is in so many by name. */
const MOST_GROUPS = 1024

/**
 * Names to numbers, by the name service of the system (getpwnam(3), getgrnam(3), getgrouplist(3)).
 * A number stands for itself.
 */
export function credentials(
  request: Pick<SpawnRequest, 'user' | 'group' | 'supplementaryGroups'>,
): { readonly value: Credentials } | { readonly fault: SpawnResult } {
  const { user, group, supplementaryGroups } = request
  const bound = bindLibc()
  const account = user === null ? null : accountOf(bound, user)
  if (user !== null && account === null) {
    return { fault: failure('ENOENT', `user ${user}`, `create the user, or mend its name`) }
  }
  const named = group === null ? null : groupOf(bound, group)
  if (group !== null && named === null) return { fault: unknownGroup(group) }
  const gid = named ?? account?.gid ?? null
  if (account !== null && gid === null) {
    const what = `user ${user}`
    return { fault: failure('ENOENT', what, 'name a group too: this number has no account') }
  }
  let groups: number[] | null = null
  if (supplementaryGroups !== null) {
    groups = []
    for (const name of supplementaryGroups) {
      const number = groupOf(bound, name)
      if (number === null) return { fault: unknownGroup(name) }
      groups.push(number)
    }
  } else if (account !== null && gid !== null) {
    groups = account.name === null ? [gid] : groupsOf(bound, account.name, gid)
  }
  return { value: { uid: account?.uid ?? null, gid, groups } }
}

function unknownGroup(name: string): SpawnResult {
  return failure('ENOENT', `group ${name}`, 'create the group, or mend its name')
}

interface Account {
  readonly uid: number
  readonly gid: number | null
  readonly name: string | null
}

function accountOf(bound: Bound, user: string): Account | null {
  const { libc } = bound
  const byName = libc.getpwnam(user)
  const isNumber = /^\d{1,10}$/.test(user)
  const entry = byName ?? (isNumber ? libc.getpwuid(Number(user)) : null)
  if (entry === null) return isNumber ? { uid: Number(user), gid: null, name: null } : null
  const uid = bound.uint32At(entry, ID)
  const gid = bound.uint32At(entry, PRIMARY_GROUP)
  return { uid, gid, name: bound.stringAt(entry, 0) }
}

/** Home and shell of a user, by name or number; null where the system does not know it. */
export function accountNamed(
  user: string,
): { readonly name: string; readonly home: string; readonly shell: string } | null {
  const bound = bindLibc()
  const { libc } = bound
  const entry =
    libc.getpwnam(user) ?? (/^\d{1,10}$/.test(user) ? libc.getpwuid(Number(user)) : null)
  if (entry === null) return null
  const [name, home, shell] = [0, HOME, SHELL].map((at) => bound.stringAt(entry, at))
  return { name: name ?? '', home: home ?? '', shell: shell ?? '' }
}

function groupOf(bound: Bound, group: string): number | null {
  const entry = bound.libc.getgrnam(group)
  if (entry !== null) return bound.uint32At(entry, ID)
  return /^\d{1,10}$/.test(group) ? Number(group) : null
}

function groupsOf(bound: Bound, name: string, gid: number): number[] {
  const groups = Buffer.alloc(MOST_GROUPS * 4)
  const count = Buffer.alloc(4)
  count.writeInt32LE(MOST_GROUPS)
  bound.libc.getgrouplist(name, gid, groups, count)
  const found = Math.min(Math.max(count.readInt32LE(0), 0), MOST_GROUPS)
  return Array.from({ length: found }, (_, index) => groups.readUInt32LE(index * 4))
}
