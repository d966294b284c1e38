import { toNamespacedPath } from 'node:path'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { securityAttributes } from './security-text.ts'
import { close, type Handle, kernel32 } from './spawn/kernel32.ts'
import { ownIdentity } from './token-identity.ts'
import { lastError } from './win32-error.ts'

/** <winnt.h>, <fileapi.h> */
const GENERIC_WRITE = 0x40000000
const CREATE_NEW = 1
const FILE_ATTRIBUTE_NORMAL = 0x80
const INVALID_HANDLE = -1
const ERROR_FILE_EXISTS = 80

const CODES: Readonly<Record<number, string>> = {
  [ERROR_FILE_EXISTS]: 'EEXIST',
  [WIN32.ACCESS_DENIED]: 'EACCES',
  [WIN32.FILE_NOT_FOUND]: 'ENOENT',
  [WIN32.PATH_NOT_FOUND]: 'ENOENT',
}

/**
 * Makes an empty file that this user, administrators and the system may read, and nobody else from its
 * first moment on, whatever its folder lets in.
 *
 * @throws an Error with `code` as of Node's own, EEXIST where something is there
 */
export function createPrivate(path: string): void {
  const sddl = `D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;${ownIdentity().user})`
  const handle: Handle = kernel32().CreateFileW(
    toNamespacedPath(path),
    GENERIC_WRITE,
    0,
    securityAttributes(sddl),
    CREATE_NEW,
    FILE_ATTRIBUTE_NORMAL,
    0,
  )
  const number = lastError()
  if (Number(handle) === INVALID_HANDLE) {
    const failure = new WindowsError(`CreateFileW ${path}`, number)
    throw Object.assign(new Error(failure.message, { cause: failure }), { code: CODES[number] })
  }
  close(handle)
}
