import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { bind, checked, lastError } from './win32-error.ts'

/** MAX_COMPUTERNAME_LENGTH of <winbase.h> is 15, without the NUL. */
const COMPUTER_NAME_SPACE = 32

const advapi32 = bind('advapi32.dll', {
  LookupAccountNameW:
    'int __stdcall LookupAccountNameW(str16 machine, str16 name, void *sid, _Inout_ uint32_t *sidSize, void *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
})

const kernel32 = bind('kernel32.dll', {
  GetComputerNameW: 'int __stdcall GetComputerNameW(void *name, _Inout_ uint32_t *size)',
})

export interface FoundAccount {
  readonly sid: Buffer
  /** SID_NAME_USE of <winnt.h>: 1 a user, 2 a group, 4 an alias, 5 a well-known one. */
  readonly use: number
}

/** An account by its name, on this machine or in its domains; null where there is none. */
export function lookUpAccount(name: string): FoundAccount | null {
  const asked = name.startsWith('.\\') ? `${computerName()}${name.slice(1)}` : name
  let sizes: [sid: number, domain: number] = [128, 256]
  for (;;) {
    const sid: [number] = [sizes[0]]
    const domain: [number] = [sizes[1]]
    const use: [number] = [0]
    const found = Buffer.alloc(sizes[0])
    const domainName = Buffer.alloc(sizes[1] * 2)
    if (advapi32().LookupAccountNameW(null, asked, found, sid, domainName, domain, use)) {
      return { sid: found, use: use[0] }
    }
    const error = lastError()
    if (error === WIN32.NONE_MAPPED) return null
    if (error !== WIN32.INSUFFICIENT_BUFFER) throw new WindowsError('LookupAccountNameW', error)
    sizes = [Math.max(sid[0], sizes[0] * 2), Math.max(domain[0], sizes[1] * 2)]
  }
}

/** @throws WindowsError 1332 where there is no such account */
export function accountSid(name: string): Buffer {
  const found = lookUpAccount(name)
  if (found === null) throw new WindowsError('LookupAccountNameW', WIN32.NONE_MAPPED)
  return found.sid
}

/** LookupAccountNameW does not know that `.` is this machine. */
function computerName(): string {
  const name = Buffer.alloc(COMPUTER_NAME_SPACE * 2)
  const size: [number] = [COMPUTER_NAME_SPACE]
  checked('GetComputerNameW', kernel32().GetComputerNameW(name, size))
  return name.toString('utf16le', 0, size[0] * 2)
}
