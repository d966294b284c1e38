import { bind, checked, type Handle, koffi, readWideText } from './win32-error.ts'

/** <sddl.h> */
const SDDL_REVISION_1 = 1
/** SECURITY_ATTRIBUTES of <minwinbase.h>: its size, the descriptor, whether a handle is inherited. */
const ATTRIBUTES_SIZE = 24
const TOKEN_QUERY = 0x8
/** TOKEN_INFORMATION_CLASS */
const TOKEN_USER = 1
const TOKEN_GROUPS = 2
/** SE_GROUP_ENABLED: one that is only there to deny something grants nothing. */
const GROUP_ENABLED = 0x4
/** <accctrl.h>, <winnt.h> */
const SE_FILE_OBJECT = 1
const OWNER_SECURITY_INFORMATION = 0x1
const DACL_SECURITY_INFORMATION = 0x4
const TOKEN_SIZE = 64 * 1024

/** Well-known SIDs: the system itself, and the administrators of this machine. */
export const LOCAL_SYSTEM = 'S-1-5-18'
export const ADMINISTRATORS = 'S-1-5-32-544'

const advapi32 = bind('advapi32.dll', {
  ConvertStringSecurityDescriptorToSecurityDescriptorW:
    'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 text, uint32_t revision, _Out_ void **descriptor, void *size)',
  ConvertSidToStringSidW: 'int __stdcall ConvertSidToStringSidW(void *sid, _Out_ void **text)',
  ConvertStringSidToSidW: 'int __stdcall ConvertStringSidToSidW(str16 text, _Out_ void **sid)',
  LookupAccountSidW:
    'int __stdcall LookupAccountSidW(str16 machine, void *sid, void *name, _Inout_ uint32_t *nameLength, void *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
  GetNamedSecurityInfoW:
    'uint32_t __stdcall GetNamedSecurityInfoW(str16 name, int type, uint32_t information, _Out_ void **owner, void *group, void *dacl, void *sacl, _Out_ void **descriptor)',
  ConvertSecurityDescriptorToStringSecurityDescriptorW:
    'int __stdcall ConvertSecurityDescriptorToStringSecurityDescriptorW(void *descriptor, uint32_t revision, uint32_t information, _Out_ void **text, void *length)',
  OpenProcessToken:
    'int __stdcall OpenProcessToken(intptr_t process, uint32_t access, _Out_ intptr_t *token)',
  GetTokenInformation:
    'int __stdcall GetTokenInformation(intptr_t token, int kind, void *data, uint32_t size, _Out_ uint32_t *needed)',
})

const kernel32 = bind('kernel32.dll', {
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
  LocalFree: 'void *__stdcall LocalFree(void *memory)',
})

/** Whom a token is of. */
export interface TokenIdentity {
  /** SID of its user, `S-1-5-…`. */
  readonly user: string
  /** SIDs of the groups that grant it something. */
  readonly groups: readonly string[]
}

/**
 * SECURITY_ATTRIBUTES for a thing that is made with just these rights.
 *
 * @param sddl in the Security Descriptor Definition Language
 * @throws WindowsError where the text is none
 */
export function securityAttributes(sddl: string): Buffer {
  const descriptor: [unknown] = [null]
  checked(
    'ConvertStringSecurityDescriptorToSecurityDescriptorW',
    advapi32().ConvertStringSecurityDescriptorToSecurityDescriptorW(
      sddl,
      SDDL_REVISION_1,
      descriptor,
      null,
    ),
  )
  const attributes = Buffer.allocUnsafeSlow(ATTRIBUTES_SIZE).fill(0)
  attributes.writeUInt32LE(ATTRIBUTES_SIZE, 0)
  // Kept for good: the descriptors of a process are few.
  attributes.writeBigUInt64LE(BigInt(koffi().address(descriptor[0])), 8)
  return attributes
}

/** Whom a token is of. @throws WindowsError */
export function tokenIdentity(token: Handle): TokenIdentity {
  const user = tokenInformation(token, TOKEN_USER)
  const groups = tokenInformation(token, TOKEN_GROUPS)
  const count = groups.readUInt32LE(0)
  const enabled: string[] = []
  // SID_AND_ATTRIBUTES: a pointer and 32 bits, in 16 bytes.
  for (let at = 8; at < 8 + count * 16; at += 16) {
    const isEnabled = (groups.readUInt32LE(at + 8) & GROUP_ENABLED) !== 0
    if (isEnabled) enabled.push(sidText(groups, at))
  }
  return { user: sidText(user, 0), groups: enabled }
}

let self: TokenIdentity | null = null

/** Whom this process runs as. */
export function ownIdentity(): TokenIdentity {
  if (self !== null) return self
  const token: [Handle] = [0]
  // The pseudo handle of this process: GetCurrentProcess gives -1.
  checked('OpenProcessToken', advapi32().OpenProcessToken(-1, TOKEN_QUERY, token))
  try {
    self = tokenIdentity(token[0])
  } finally {
    kernel32().CloseHandle(token[0])
  }
  return self
}

/** The SID of who owns a file or directory; null where the caller may not ask. */
export function ownerOf(path: string): string | null {
  const owner: [unknown] = [null]
  return withSecurity(path, OWNER_SECURITY_INFORMATION, owner, () => textOfSid(owner[0]))
}

/** The access list of a file or directory, in SDDL; empty where the caller may not ask. */
export function rightsOf(path: string): string {
  const api = 'ConvertSecurityDescriptorToStringSecurityDescriptorW'
  const told = withSecurity(path, DACL_SECURITY_INFORMATION, null, (descriptor) => {
    const text: [unknown] = [null]
    checked(
      api,
      advapi32()[api](descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, text, null),
    )
    const sddl = koffi().decode(text[0], 'char16_t', -1) as string
    kernel32().LocalFree(text[0])
    return sddl
  })
  return told ?? ''
}

function withSecurity<T>(
  path: string,
  information: number,
  owner: [unknown] | null,
  use: (descriptor: unknown) => T,
): T | null {
  const descriptor: [unknown] = [null]
  const error = advapi32().GetNamedSecurityInfoW(
    path,
    SE_FILE_OBJECT,
    information,
    owner,
    null,
    null,
    null,
    descriptor,
  ) as number
  if (error !== 0) return null
  try {
    return use(descriptor[0])
  } finally {
    kernel32().LocalFree(descriptor[0])
  }
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
  kernel32().LocalFree(pointer[0])
  return found === 0 ? null : [readWideText(domain), readWideText(name)].filter(Boolean).join('\\')
}

function tokenInformation(token: Handle, kind: number): Buffer {
  const data = Buffer.allocUnsafeSlow(TOKEN_SIZE)
  checked(
    'GetTokenInformation',
    advapi32().GetTokenInformation(token, kind, data, data.length, [0]),
  )
  return data
}

/** The SID that the pointer at `offset` leads to, within the same buffer. */
function sidText(buffer: Buffer, offset: number): string {
  const at = Number(buffer.readBigUInt64LE(offset) - BigInt(koffi().address(buffer)))
  return textOfSid(buffer.subarray(at))
}

function textOfSid(pointer: unknown): string {
  const text: [unknown] = [null]
  checked('ConvertSidToStringSidW', advapi32().ConvertSidToStringSidW(pointer, text))
  const sid = koffi().decode(text[0], 'char16_t', -1) as string
  kernel32().LocalFree(text[0])
  return sid
}
