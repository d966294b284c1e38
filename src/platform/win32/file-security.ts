import { toNamespacedPath } from 'node:path'
import type { FileSecurity } from '../../model/ports/file-security.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { DACL_INFORMATION, descriptorText, freeLocal, OWNER_INFORMATION } from './security-text.ts'
import { sidText } from './sids.ts'
import { bind } from './win32-error.ts'

/** SE_OBJECT_TYPE of <accctrl.h>. */
const SE_FILE_OBJECT = 1
const LOOKED_AT = OWNER_INFORMATION | DACL_INFORMATION

const advapi32 = bind('advapi32.dll', {
  GetNamedSecurityInfoW:
    'uint32_t __stdcall GetNamedSecurityInfoW(str16 name, int type, uint32_t information, _Out_ void **owner, void *group, void *dacl, void *sacl, _Out_ void **descriptor)',
})

/** What is not there, or is not told to this caller. */
const UNSEEN: readonly number[] = [
  WIN32.FILE_NOT_FOUND,
  WIN32.PATH_NOT_FOUND,
  WIN32.ACCESS_DENIED,
  WIN32.SHARING_VIOLATION,
  WIN32.BAD_NETPATH,
  WIN32.BAD_NET_NAME,
  WIN32.INVALID_NAME,
]

/**
 * Looks at owner and access list of a file or directory, by a path of any length; null for what is not
 * there, or is not told to this caller (GetNamedSecurityInfoW).
 *
 * @throws WindowsError
 */
function withSecurity<T>(path: string, use: (descriptor: unknown, owner: unknown) => T): T | null {
  const descriptor: [unknown] = [null]
  const owner: [unknown] = [null]
  const number: number = advapi32().GetNamedSecurityInfoW(
    toNamespacedPath(path),
    SE_FILE_OBJECT,
    LOOKED_AT,
    owner,
    null,
    null,
    null,
    descriptor,
  )
  if (UNSEEN.includes(number)) return null
  if (number !== 0) throw new WindowsError('GetNamedSecurityInfoW', number)
  try {
    return use(descriptor[0], owner[0])
  } finally {
    freeLocal(descriptor[0])
  }
}

/** Owner and access list in SDDL; null for what is not seen. @throws WindowsError */
export function fileDescriptor(path: string): string | null {
  return withSecurity(path, (descriptor) => descriptorText(descriptor, LOOKED_AT))
}

/** The SID of the owner, which a text would have abbreviated; null for what is not seen. @throws WindowsError */
export function ownerOf(path: string): string | null {
  return withSecurity(path, (_descriptor, owner) => sidText(owner))
}

export function fileSecurity(): FileSecurity {
  return { descriptor: async (path) => fileDescriptor(path) }
}
