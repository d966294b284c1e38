import { SteadError } from '../../errors.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import type { Scope } from '../../model/service-spec.ts'

/** "Root privileges are required to make modifications" in the system domain, says launchctl(1). */
export function requireRight(accounts: Accounts, scope: Scope, action: string): void {
  if (scope === 'user' || accounts.isPrivileged()) return
  throw rights(action)
}

/** Turns a refusal by the file system into RIGHTS; passes everything else on. */
export async function asRightsError<T>(action: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | null)?.code
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw rights(action, error)
    throw error
  }
}

function rights(action: string, cause?: unknown): SteadError {
  return new SteadError(
    'RIGHTS',
    {
      action,
      right: 'the right of root',
      remedy: 'run the same command as root (sudo), or with --scope user',
    },
    { cause },
  )
}
