/** One step of the way to a file: a directory, a symbolic link, or what the way ends with. */
export interface WayStep {
  readonly path: string
  readonly kind: 'directory' | 'link' | 'file' | 'missing'
  /** Uid of its owner. */
  readonly owner: number
  /** Mode bits as stat(2) has them, without the type. */
  readonly mode: number
}

const STICKY = 0o1000
const GROUP_WRITES = 0o020
const OTHERS_WRITE = 0o002

/**
 * Where on the way to a file somebody else than root and this user may change what it says: the file
 * itself, a directory in which it or a step of the way could be exchanged, or the place of a file that is
 * not there. As sshd(8) has it with StrictModes, and sudo(8) and cron(8) for their files.
 *
 * @returns null where nobody can
 */
export function whoElseWrites(
  way: readonly WayStep[],
  user: number,
): { readonly path: string; readonly who: string } | null {
  for (const [index, { path, kind, owner, mode }] of way.entries()) {
    if (kind === 'missing') continue
    if (owner !== 0 && owner !== user) return { path, who: `uid ${owner}` }
    if (kind === 'link' || (mode & (GROUP_WRITES | OTHERS_WRITE)) === 0) continue
    // In a directory such as /tmp nobody but its owner exchanges what is there, but anybody adds to it.
    const isThere = way[index + 1] !== undefined && way[index + 1]?.kind !== 'missing'
    if (kind === 'directory' && (mode & STICKY) !== 0 && isThere) continue
    return { path, who: (mode & OTHERS_WRITE) === 0 ? 'its group' : 'everybody' }
  }
  return null
}
