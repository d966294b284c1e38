import { sidText } from './sids.ts'
import { bind, checked, type Handle, koffi } from './win32-error.ts'

const TOKEN_QUERY = 0x8
/** TOKEN_INFORMATION_CLASS */
const TOKEN_USER = 1
const TOKEN_GROUPS = 2
/** SE_GROUP_ENABLED: one that is only there to deny something grants nothing. */
const GROUP_ENABLED = 0x4
const TOKEN_SIZE = 64 * 1024

const advapi32 = bind('advapi32.dll', {
  OpenProcessToken:
    'int __stdcall OpenProcessToken(intptr_t process, uint32_t access, _Out_ intptr_t *token)',
  GetTokenInformation:
    'int __stdcall GetTokenInformation(intptr_t token, int kind, void *data, uint32_t size, _Out_ uint32_t *needed)',
})

const kernel32 = bind('kernel32.dll', {
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
})

/** Whom a token is of. */
export interface TokenIdentity {
  /** SID of its user, `S-1-5-…`. */
  readonly user: string
  /** SIDs of the groups that grant it something. */
  readonly groups: readonly string[]
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
    if (isEnabled) enabled.push(sidAt(groups, at))
  }
  return { user: sidAt(user, 0), groups: enabled }
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

function tokenInformation(token: Handle, kind: number): Buffer {
  const data = Buffer.allocUnsafeSlow(TOKEN_SIZE)
  checked(
    'GetTokenInformation',
    advapi32().GetTokenInformation(token, kind, data, data.length, [0]),
  )
  return data
}

/** The SID that the pointer at `offset` leads to, within the same buffer. */
function sidAt(buffer: Buffer, offset: number): string {
  const at = Number(buffer.readBigUInt64LE(offset) - BigInt(koffi().address(buffer)))
  return sidText(buffer.subarray(at))
}
