import type { Caller } from '../../model/ports/guard-api.ts'
import { accountName } from './sids.ts'
import { type TokenIdentity, tokenIdentity } from './token-identity.ts'
import { bind, type Handle } from './win32-error.ts'

const TOKEN_QUERY = 0x8
const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
/** The pseudo handle that GetCurrentThread gives. */
const THIS_THREAD = -2

const advapi32 = bind('advapi32.dll', {
  ImpersonateNamedPipeClient: 'int __stdcall ImpersonateNamedPipeClient(intptr_t pipe)',
  RevertToSelf: 'int __stdcall RevertToSelf()',
  OpenThreadToken:
    'int __stdcall OpenThreadToken(intptr_t thread, uint32_t access, int asSelf, _Out_ intptr_t *token)',
  OpenProcessToken:
    'int __stdcall OpenProcessToken(intptr_t process, uint32_t access, _Out_ intptr_t *token)',
})

const kernel32 = bind('kernel32.dll', {
  GetNamedPipeClientProcessId:
    'int __stdcall GetNamedPipeClientProcessId(intptr_t pipe, _Out_ uint32_t *pid)',
  OpenProcess: 'intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
})

/**
 * Who is at the other end of a pipe, as the system noted it when the client connected
 * (ImpersonateNamedPipeClient). Where that is not told before something was read, the token of the
 * client's process says it. Null where neither does.
 */
export function pipeCaller(pipe: number): Caller | null {
  const number: [number] = [0]
  const pid = kernel32().GetNamedPipeClientProcessId(pipe, number) ? number[0] : null
  const identity = impersonated(pipe) ?? (pid === null ? null : ofProcess(pid))
  if (identity === null) return null
  const { user, groups } = identity
  const name = accountName(user)
  return { uid: null, pid, sid: user, sids: groups, ...(name === null ? {} : { user: name }) }
}

function impersonated(pipe: number): TokenIdentity | null {
  const api = advapi32()
  if (!api.ImpersonateNamedPipeClient(pipe)) return null
  const token: [Handle] = [0]
  const opened = api.OpenThreadToken(THIS_THREAD, TOKEN_QUERY, 1, token) as number
  // Going on as somebody else would be worse than not going on.
  if (!api.RevertToSelf()) process.abort()
  return opened === 0 ? null : identityOf(token[0])
}

function ofProcess(pid: number): TokenIdentity | null {
  const api = kernel32()
  const process = api.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) as number
  if (process === 0) return null
  const token: [Handle] = [0]
  const opened = advapi32().OpenProcessToken(process, TOKEN_QUERY, token) as number
  api.CloseHandle(process)
  return opened === 0 ? null : identityOf(token[0])
}

function identityOf(token: Handle): TokenIdentity | null {
  try {
    return tokenIdentity(token)
  } catch {
    // One that may not be asked is nobody.
    return null
  } finally {
    kernel32().CloseHandle(token)
  }
}
