/** SIDs, who they are of, and the other way. */
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { freeLocal } from './security-text.ts'
import { bind, checked, koffi, lastError, readWideText } from './win32-error.ts'

/** Well-known SIDs: the system itself, and the administrators of this machine. */
export const LOCAL_SYSTEM = 'S-1-5-18'
export const ADMINISTRATORS = 'S-1-5-32-544'

/** MAX_COMPUTERNAME_LENGTH of <winbase.h> is 15, without the NUL. */
const COMPUTER_NAME_SPACE = 32

const advapi32 = bind('advapi32.dll', {
  ConvertSidToStringSidW: 'int __stdcall ConvertSidToStringSidW(void *sid, _Out_ void **text)',
  ConvertStringSidToSidW: 'int __stdcall ConvertStringSidToSidW(str16 text, _Out_ void **sid)',
  LookupAccountSidW:
    'int __stdcall LookupAccountSidW(str16 machine, void *sid, void *name, _Inout_ uint32_t *nameLength, void *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
  LookupAccountNameW:
    'int __stdcall LookupAccountNameW(str16 machine, str16 name, void *sid, _Inout_ uint32_t *sidSize, void *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
})

const kernel32 = bind('kernel32.dll', {
  GetComputerNameW: 'int __stdcall GetComputerNameW(void *name, _Inout_ uint32_t *size)',
})

/** `S-1-5-…` of a SID in memory. @throws WindowsError */
export function sidText(pointer: unknown): string {
  const text: [unknown] = [null]
  checked('ConvertSidToStringSidW', advapi32().ConvertSidToStringSidW(pointer, text))
  const sid = koffi().decode(text[0], 'char16_t', -1) as string
  freeLocal(text[0])
  return sid
}

const names = new Map<string, string | null>()
const MOST_NAMES = 1_000
/** Longest name of an account or a domain, with its NUL (<lmcons.h>: UNLEN, DNLEN). */
const LONGEST_NAME = 512

/** `DOMAIN\\name` of a SID; null for one that is nobody's (LookupAccountSidW). */
export function accountName(sid: string): string | null {
  const known = names.get(sid)
  if (known !== undefined) return known
  const found = lookUp(sid)
  if (names.size < MOST_NAMES) names.set(sid, found)
  return found
}

function lookUp(sid: string): string | null {
  const pointer: [unknown] = [null]
  if (!advapi32().ConvertStringSidToSidW(sid, pointer)) return null
  const [name, domain] = [Buffer.alloc(LONGEST_NAME * 2), Buffer.alloc(LONGEST_NAME * 2)]
  const nameLength: [number] = [LONGEST_NAME]
  const domainLength: [number] = [LONGEST_NAME]
  const use: [number] = [0]
  const found = advapi32().LookupAccountSidW(
    null,
    pointer[0],
    name,
    nameLength,
    domain,
    domainLength,
    use,
  ) as number
  freeLocal(pointer[0])
  return found === 0 ? null : [readWideText(domain), readWideText(name)].filter(Boolean).join('\\')
}

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
