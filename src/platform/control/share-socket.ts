import { chmodSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** As connect(2) has it: whoever may write to a socket may connect. Who is answered, its server decides. */
const FOR_ALL = 0o666
const FOR_ITS_USER = 0o600
/** Others pass; in the second they see what is there as well. */
const PASSABLE = 0o711
const LISTABLE = 0o755
const READABLE = 0o644

export interface SharedPlaces {
  readonly socket: string
  /** Of the installation, which others have to pass to get to the socket, outermost first. */
  readonly directories: readonly string[]
  /** Where they look which guards there are; null for nowhere. */
  readonly guards: string | null
  /** What tells others where the socket is; null for nothing. */
  readonly registered: string | null
}

/**
 * Lets everybody come to a socket, or its user alone again. The directories that were opened stay so:
 * others of the installation may be in use, and each thing in them has a mode of its own.
 *
 * @returns the first directory on the way that keeps others out and is not ours to open; null for none
 * @throws what the system says
 */
export function shareSocket(places: SharedPlaces, share: boolean): string | null {
  if (process.platform === 'win32') return null
  const { socket, directories, guards, registered } = places
  if (share) {
    makePassable(directories)
    if (guards !== null) open(guards, LISTABLE)
  }
  if (registered !== null) chmodSync(registered, share ? READABLE : FOR_ITS_USER)
  chmodSync(socket, share ? FOR_ALL : FOR_ITS_USER)
  return share ? obstacleTo(dirname(socket)) : null
}

/** Lets others pass directories that are ours, without seeing what is in them; outermost first. */
export function makePassable(directories: readonly string[]): void {
  for (const path of directories) open(path, PASSABLE)
}

/** What is somebody else's stays as it is. */
function open(path: string, least: number): void {
  const { uid, mode } = statSync(path)
  if (uid === process.geteuid?.() && (mode & least) !== least) {
    chmodSync(path, (mode & 0o7777) | least)
  }
}

function obstacleTo(directory: string): string | null {
  const above = dirname(directory)
  const found = above === directory ? null : obstacleTo(above)
  return found ?? ((statSync(directory).mode & 0o001) === 0 ? directory : null)
}
