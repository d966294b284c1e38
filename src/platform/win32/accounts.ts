import { userInfo } from 'node:os'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import { builtInAccount, virtualAccountOf } from '../../model/windows-account.ts'
import { lookUpAccount } from './sids.ts'
import { bind, checked, type Handle } from './win32-error.ts'

/** SID_NAME_USE of <winnt.h>; a managed account is that of a computer, 9, or a user. */
const USERS: readonly number[] = [1, 5, 9]
const GROUPS: readonly number[] = [2, 4, 5]
const TOKEN_QUERY = 0x8
/** TOKEN_INFORMATION_CLASS */
const TOKEN_ELEVATION = 20

const advapi32 = bind('advapi32.dll', {
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
      return USERS.includes(lookUpAccount(name)?.use ?? 0)
    },
    groupExists: async (name) => GROUPS.includes(lookUpAccount(name)?.use ?? 0),
    howToMake: (name) =>
      name.includes('\\') && !name.startsWith('.\\')
        ? `see how the domain calls it: net user /domain ${name.replace(/^.*\\/, '')}`
        : `create it first: net user ${name.replace(/^\.\\/, '')} * /add`,
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
