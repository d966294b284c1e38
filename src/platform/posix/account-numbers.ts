import { bindLibc } from './spawn/libc.ts'

/** struct passwd and struct group, <pwd.h> and <grp.h>: two pointers, then the number, 64-bit systems. */
const ID = 16

/** The number of a user, by the name service of the system (getpwnam(3)); null where there is none. */
export function uidOf(name: string): number | null {
  if (process.platform === 'win32') return null
  const bound = bindLibc()
  const entry = bound.libc.getpwnam(name)
  return entry === null ? null : bound.uint32At(entry, ID)
}

/** The number of a group (getgrnam(3)); null where there is none. */
export function gidOf(name: string): number | null {
  if (process.platform === 'win32') return null
  const bound = bindLibc()
  const entry = bound.libc.getgrnam(name)
  return entry === null ? null : bound.uint32At(entry, ID)
}

/** The name of a user (getpwuid(3)); null for a number without one. */
export function userName(uid: number): string | null {
  if (process.platform === 'win32') return null
  const bound = bindLibc()
  const entry = bound.libc.getpwuid(uid)
  return entry === null ? null : bound.stringAt(entry, 0)
}
