import { userInfo } from 'node:os'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import { builtInAccount, virtualAccountOf } from '../../model/windows-account.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { bind, checked, type Handle, lastError } from './win32-error.ts'

/** SID_NAME_USE of <winnt.h>. */
const USERS: readonly number[] = [1, 5]
const GROUPS: readonly number[] = [2, 4, 5]
const TOKEN_QUERY = 0x8
/** TOKEN_INFORMATION_CLASS */
const TOKEN_ELEVATION = 20

const advapi32 = bind('advapi32.dll', {
  LookupAccountNameW:
    'int __stdcall LookupAccountNameW(str16 machine, str16 name, void *sid, _Inout_ uint32_t *sidSize, void *domain, _Inout_ uint32_t *domainLength, _Out_ int *use)',
  OpenProcessToken:
    'int __stdcall OpenProcessToken(void *process, uint32_t access, _Out_ uintptr_t *token)',
  GetTokenInformation:
    'int __stdcall GetTokenInformation(uintptr_t token, int kind, void *data, uint32_t size, _Out_ uint32_t *needed)',
})

const kernel32 = bind('kernel32.dll', {
  GetCurrentProcess: 'void *__stdcall GetCurrentProcess()',
  CloseHandle: 'int __stdcall CloseHandle(uintptr_t handle)',
})

/** Accounts by the Windows API; the runner is for other systems, where commands are asked. */
export function accounts(_runner?: CommandRunner): Accounts {
  let privileged: boolean | null = null
  return {
    async userExists(name) {
      // LookupAccountNameW knows neither LocalSystem nor the account of a service yet to be created.
      if (builtInAccount(name) !== null || virtualAccountOf(name) !== null) return true
      return USERS.includes(kindOf(name) ?? 0)
    },
    groupExists: async (name) => GROUPS.includes(kindOf(name) ?? 0),
    isPrivileged() {
      privileged ??= isElevated()
      return privileged
    },
    self() {
      const { username, homedir } = userInfo()
      return { name: username, uid: null, home: homedir }
    },
  }
}

/** SID_NAME_USE of an account; null where there is none of that name. */
function kindOf(name: string): number | null {
  let sizes: [sid: number, domain: number] = [128, 256]
  for (;;) {
    const sid: [number] = [sizes[0]]
    const domain: [number] = [sizes[1]]
    const use: [number] = [0]
    const found = advapi32().LookupAccountNameW(
      null,
      name,
      Buffer.alloc(sizes[0]),
      sid,
      Buffer.alloc(sizes[1] * 2),
      domain,
      use,
    ) as number
    if (found) return use[0]
    const error = lastError()
    if (error === WIN32.NONE_MAPPED) return null
    if (error !== WIN32.INSUFFICIENT_BUFFER) throw new WindowsError('LookupAccountNameW', error)
    sizes = [Math.max(sid[0], sizes[0] * 2), Math.max(domain[0], sizes[1] * 2)]
  }
}

/** The elevation of the calling process's token: true for an administrator who said yes to the prompt. */
function isElevated(): boolean {
  const token: [Handle] = [0]
  checked(
    'OpenProcessToken',
    advapi32().OpenProcessToken(kernel32().GetCurrentProcess(), TOKEN_QUERY, token),
  )
  try {
    const elevated = Buffer.alloc(4)
    checked(
      'GetTokenInformation',
      advapi32().GetTokenInformation(token[0], TOKEN_ELEVATION, elevated, elevated.length, [0]),
    )
    return elevated.readUInt32LE(0) !== 0
  } finally {
    kernel32().CloseHandle(token[0])
  }
}
