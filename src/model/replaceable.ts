import { FILE_RIGHTS, parseSddl, specificRights } from './sddl.ts'

/** Which part of the way to a program a path is. */
export type PathPart =
  /** The file that is run or read. */
  | 'file'
  /** The folder it is in, where also the libraries are looked for that it loads. */
  | 'folder'
  /** A folder above that. */
  | 'ancestor'

const READ_DATA = 0x1
const WRITE_DATA = 0x2
const APPEND_DATA = 0x4
const DELETE_CHILD = 0x40
const DELETE = 0x10000
const WRITE_DAC = 0x40000
const WRITE_OWNER = 0x80000

/** <winnt.h>: in a folder WRITE_DATA is FILE_ADD_FILE, and APPEND_DATA is FILE_ADD_SUBDIRECTORY. */
const DANGEROUS: Readonly<Record<PathPart, number>> = {
  file: WRITE_DATA | APPEND_DATA | DELETE | WRITE_DAC | WRITE_OWNER,
  folder: WRITE_DATA | DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER,
  // Who may only add to it cannot touch what is there.
  ancestor: DELETE_CHILD | DELETE | WRITE_DAC | WRITE_OWNER,
}

/** Groups that everybody is in who can log on: "Well-known SIDs". */
const ORDINARY: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-2-0': 'LOCAL',
  'S-1-2-1': 'CONSOLE LOGON',
  'S-1-5-2': 'NETWORK',
  'S-1-5-3': 'BATCH',
  'S-1-5-4': 'INTERACTIVE',
  'S-1-5-7': 'ANONYMOUS LOGON',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-13': 'TERMINAL SERVER USER',
  'S-1-5-14': 'REMOTE INTERACTIVE LOGON',
  'S-1-5-15': 'This Organization',
  'S-1-5-32-545': 'Users',
  'S-1-5-32-546': 'Guests',
}

function ordinary(sid: string): string | null {
  if (Object.hasOwn(ORDINARY, sid)) return ORDINARY[sid] as string
  if (sid === 'DU' || /^S-1-5-21-.*-513$/.test(sid)) return 'Domain Users'
  return null
}

/**
 * The group of ordinary users by which a file can be replaced, or a folder on its way exchanged; null
 * where there is none. Entries count in their order, as AccessCheck takes them: what is denied first
 * stays denied.
 *
 * @param descriptor owner and access list in SDDL
 */
export function whoMayReplace(descriptor: string, part: PathPart): string | null {
  return whoMay(descriptor, DANGEROUS[part])
}

/**
 * The group of ordinary users who may read a file, or change it; null where there is none. Rights of
 * single accounts are not judged: somebody has given them.
 *
 * @param descriptor owner and access list in SDDL
 */
export function whoMayRead(descriptor: string): string | null {
  return whoMay(descriptor, READ_DATA | DANGEROUS.file)
}

function whoMay(descriptor: string, wanted: number): string | null {
  const parsed = parseSddl(descriptor)
  // Whoever that lets in: it counts against the program.
  if (parsed === null) return 'somebody (its access list is not understood)'
  if (parsed.entries === null) return 'everybody (it has no access list)'
  // An owner may always write the list anew.
  const owner = parsed.owner === null ? null : ordinary(parsed.owner)
  if (owner !== null) return owner
  let denied = 0
  for (const { allow, inheritOnly, mask, sid } of parsed.entries) {
    const name = ordinary(sid)
    if (name === null || inheritOnly) continue
    const rights = specificRights(mask, FILE_RIGHTS)
    if (!allow) denied |= rights
    else if (rights & ~denied & wanted) return name
  }
  return null
}
