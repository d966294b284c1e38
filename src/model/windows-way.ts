import { whoMayReplace } from './replaceable.ts'

/** One step of the way to a file on Windows: a drive or folder, or what the way ends with. */
export interface WindowsStep {
  readonly path: string
  readonly kind: 'directory' | 'file' | 'missing'
  /** Owner and access list in SDDL; null for what is missing, or not told to this caller. */
  readonly descriptor: string | null
}

/**
 * Where on the way to a file ordinary users may change what it says: the file itself, a folder in which
 * it or a step of the way could be exchanged, or the place of a file that is not there. Single accounts
 * are not judged; see `replaceable.ts`.
 *
 * @returns null where they cannot
 */
export function whoElseChanges(
  way: readonly WindowsStep[],
): { readonly path: string; readonly who: string } | null {
  for (const [index, { path, kind, descriptor }] of way.entries()) {
    if (kind === 'missing') continue
    if (descriptor === null) return { path, who: 'somebody (its access list is not told)' }
    const isPlace = way[index + 1]?.kind === 'missing'
    const who = whoMayReplace(
      descriptor,
      kind === 'file' ? 'file' : isPlace ? 'folder' : 'ancestor',
    )
    if (who !== null) return { path, who }
  }
  return null
}

/** "Well-known SIDs". */
const ADMINISTRATORS = 'S-1-5-32-544'
const SERVICE = 'S-1-5-6'
const ACCOUNTS: Readonly<Record<string, string>> = {
  'S-1-5-18': 'LocalSystem',
  'S-1-5-19': 'LocalService',
  'S-1-5-20': 'NetworkService',
}

/**
 * The account in words, where it has rights that ordinary users lack: of the system, of a service (which
 * may act as whoever speaks with it), or an administrator whose rights are in force; null for others.
 *
 * @param groups that grant something: of an administrator who is not elevated theirs is not among them
 */
export function highAccount({
  user,
  groups,
}: {
  readonly user: string
  readonly groups: readonly string[]
}): string | null {
  if (Object.hasOwn(ACCOUNTS, user)) return ACCOUNTS[user] as string
  if (groups.includes(SERVICE)) return 'the account of a service'
  return groups.includes(ADMINISTRATORS) ? 'an administrator' : null
}
