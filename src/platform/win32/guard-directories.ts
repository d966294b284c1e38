import { mkdirSync } from 'node:fs'
import { win32 } from 'node:path'
import { SteadError } from '../../errors.ts'
import type { GuardPlaces } from '../../model/guard-places.ts'
import type { Home } from '../../model/home.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { ownerOf } from './file-security.ts'
import { securityAttributes } from './security-text.ts'
import { ADMINISTRATORS, accountName, LOCAL_SYSTEM } from './sids.ts'
import { ownIdentity } from './token-identity.ts'
import { bind, lastError } from './win32-error.ts'

const kernel32 = bind('kernel32.dll', {
  CreateDirectoryW: 'int __stdcall CreateDirectoryW(str16 path, void *security)',
})

const ERROR_ALREADY_EXISTS = 183
/** The account of Windows Update and of installers: it owns what belongs to Windows. */
const TRUSTED_INSTALLER = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'

/**
 * What services of any account may do there (SDDL, `SU`); administrators and the system may do all.
 * `passed`: look. `read`: read all that is in it, too. `shared`: make things of their own in it as
 * well, which are nobody else's (`CO`, the creator).
 */
const RIGHTS = {
  passed: '(A;;0x1200a9;;;SU)',
  read: '(A;OICI;0x1200a9;;;SU)',
  shared: '(A;;0x1200af;;;SU)(A;OICIIO;FA;;;CO)',
  own: '',
} as const

type Kind = keyof typeof RIGHTS

/**
 * The directories of an installation, each with its rights from the moment it is there: Windows lets
 * every user make files in what is newly made in ProgramData. In a user's own profile, and where the
 * caller is no administrator, it is the caller who has all rights beside administrators.
 *
 * @throws DIRECTORY_UNSAFE where somebody else made one before; an Error with code EACCES without the right
 */
export function prepareHome(home: Home): void {
  const base = home.root ?? win32.dirname(home.specs)
  mkdirSync(win32.dirname(base), { recursive: true })
  const all: readonly (readonly [path: string, kind: Kind])[] = [
    [base, 'passed'],
    [home.specs, 'read'],
    [home.state, 'shared'],
    [win32.join(home.state, 'guards'), 'shared'],
    [win32.join(home.state, 'parameters'), 'shared'],
    [home.run, 'shared'],
    [win32.join(home.run, 'guards'), 'shared'],
    [home.logs, 'shared'],
  ]
  for (const [path, kind] of all) make(path, kind)
}

/** The directories of one guard, which is their only user beside administrators. @throws as {@link prepareHome} */
export function prepareGuardPlaces(home: Home, { state, run, logs }: GuardPlaces): void {
  prepareHome(home)
  for (const path of [state, run, logs]) make(path, 'own')
}

function make(path: string, kind: Kind): void {
  const { user, groups } = ownIdentity()
  const administers = groups.includes(ADMINISTRATORS) || user === LOCAL_SYSTEM
  const mine = administers && !isOwn(path) ? '' : `(A;OICI;FA;;;${user})`
  const sddl = `D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)${mine}${RIGHTS[kind]}`
  if (kernel32().CreateDirectoryW(path, securityAttributes(sddl))) return
  const error = lastError()
  if (error === ERROR_ALREADY_EXISTS) {
    if (isForAll(path)) checkOwner(path)
    return
  }
  const failure = new WindowsError(`CreateDirectoryW ${path}`, error)
  if (error !== WIN32.ACCESS_DENIED) throw failure
  throw Object.assign(new Error(failure.message, { cause: failure }), { code: 'EACCES' })
}

/** Somebody who may not write here has no business in having made it: whoever owns it may change it. */
function checkOwner(path: string): void {
  const owner = ownerOf(path)
  const known = [LOCAL_SYSTEM, ADMINISTRATORS, TRUSTED_INSTALLER, ownIdentity().user]
  if (owner === null || known.includes(owner)) return
  throw new SteadError('DIRECTORY_UNSAFE', {
    path,
    reason: `it belongs to ${accountName(owner) ?? owner}`,
  })
}

function isOwn(path: string): boolean {
  const { USERPROFILE } = process.env
  return USERPROFILE !== undefined && isBelow(path, USERPROFILE)
}

function isForAll(path: string): boolean {
  return isBelow(path, process.env.ProgramData ?? 'C:\\ProgramData')
}

function isBelow(path: string, above: string): boolean {
  return win32
    .resolve(path)
    .toLowerCase()
    .startsWith(`${win32.resolve(above).toLowerCase()}\\`)
}
