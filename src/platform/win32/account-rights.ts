import type { AccountRights } from '../../model/ports/account-rights.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { accountSid } from './sids.ts'
import { bind, type Handle, koffi, wideText } from './win32-error.ts'

const LOGON_RIGHT = 'SeServiceLogonRight'
/** POLICY_LOOKUP_NAMES, and POLICY_CREATE_ACCOUNT: the policy may not know the account yet. */
const TO_LOOK = 0x800
const TO_GIVE = 0x810
/** sizeof(LSA_OBJECT_ATTRIBUTES), which are not used, and of LSA_UNICODE_STRING, on a 64-bit Windows. */
const ATTRIBUTES_SIZE = 48
const STRING_SIZE = 16

const advapi32 = bind('advapi32.dll', {
  LsaOpenPolicy:
    'int32_t __stdcall LsaOpenPolicy(void *system, void *attributes, uint32_t access, _Out_ uintptr_t *policy)',
  LsaClose: 'int32_t __stdcall LsaClose(uintptr_t policy)',
  LsaEnumerateAccountRights:
    'int32_t __stdcall LsaEnumerateAccountRights(uintptr_t policy, void *sid, _Out_ void **rights, _Out_ uint32_t *count)',
  LsaAddAccountRights:
    'int32_t __stdcall LsaAddAccountRights(uintptr_t policy, void *sid, void *rights, uint32_t count)',
  LsaRemoveAccountRights:
    'int32_t __stdcall LsaRemoveAccountRights(uintptr_t policy, void *sid, uint8_t all, void *rights, uint32_t count)',
  LsaFreeMemory: 'int32_t __stdcall LsaFreeMemory(void *memory)',
  LsaNtStatusToWinError: 'uint32_t __stdcall LsaNtStatusToWinError(int32_t status)',
})

/** Rights of accounts by the Local Security Authority, <ntsecapi.h>. */
export function accountRights(): AccountRights {
  return {
    mayLogOnAsService: async (account) =>
      withPolicy(TO_LOOK, (policy) => rightsOf(policy, accountSid(account)).includes(LOGON_RIGHT)),
    giveLogOnAsService: async (account) =>
      withPolicy(TO_GIVE, (policy) => {
        const [text, right] = lsaString(LOGON_RIGHT)
        const status = advapi32().LsaAddAccountRights(policy, accountSid(account), right, 1)
        succeeded('LsaAddAccountRights', status)
        kept(text)
      }),
    takeLogOnAsService: async (account) =>
      withPolicy(TO_LOOK, (policy) => {
        const [text, right] = lsaString(LOGON_RIGHT)
        const sid = accountSid(account)
        const status = advapi32().LsaRemoveAccountRights(policy, sid, 0, right, 1)
        if (windowsNumber(status) !== WIN32.FILE_NOT_FOUND)
          succeeded('LsaRemoveAccountRights', status)
        kept(text)
      }),
  }
}

function withPolicy<T>(access: number, use: (policy: Handle) => T): T {
  const policy: [Handle] = [0]
  const attributes = Buffer.alloc(ATTRIBUTES_SIZE)
  attributes.writeUInt32LE(ATTRIBUTES_SIZE, 0)
  succeeded('LsaOpenPolicy', advapi32().LsaOpenPolicy(null, attributes, access, policy))
  try {
    return use(policy[0])
  } finally {
    advapi32().LsaClose(policy[0])
  }
}

/** An account of which the policy knows nothing is told as a name that is not there. */
function rightsOf(policy: Handle, sid: Buffer): readonly string[] {
  const rights: [unknown] = [null]
  const count: [number] = [0]
  const status: number = advapi32().LsaEnumerateAccountRights(policy, sid, rights, count)
  if (windowsNumber(status) === WIN32.FILE_NOT_FOUND) return []
  succeeded('LsaEnumerateAccountRights', status)
  try {
    return lsaStrings(rights[0], count[0])
  } finally {
    advapi32().LsaFreeMemory(rights[0])
  }
}

/** An LSA_UNICODE_STRING: lengths in bytes, then the address of the text, which comes with it. */
export function lsaString(value: string): [text: Buffer, string: Buffer] {
  const text = wideText(value)
  const string = Buffer.alloc(STRING_SIZE)
  string.writeUInt16LE(text.length - 2, 0)
  string.writeUInt16LE(text.length, 2)
  string.writeBigUInt64LE(BigInt(koffi().address(text)), 8)
  return [text, string]
}

/** The texts of `count` LSA_UNICODE_STRINGs that follow each other at an address. */
export function lsaStrings(address: unknown, count: number): readonly string[] {
  if (count === 0) return []
  const strings = bytesAt(address, count * STRING_SIZE)
  return Array.from({ length: count }, (_, index) => {
    const at = index * STRING_SIZE
    const length = strings.readUInt16LE(at)
    return length === 0 ? '' : bytesAt(strings.readBigUInt64LE(at + 8), length).toString('utf16le')
  })
}

function bytesAt(address: unknown, length: number): Buffer {
  const { decode, array } = koffi()
  return Buffer.from(decode(address, array('uint8_t', length)) as ArrayLike<number>)
}

/** Memory that Windows was given the address of lives until the call is over. */
function kept(memory: Buffer): number {
  return memory.length
}

/** The functions of the LSA return an NTSTATUS. */
function succeeded(api: string, status: number): void {
  if (status !== 0) throw new WindowsError(api, windowsNumber(status))
}

function windowsNumber(status: number): number {
  return advapi32().LsaNtStatusToWinError(status) as number
}
