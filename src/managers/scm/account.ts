import { builtInAccount, LOCAL_SERVICE, virtualAccountOf } from '../../model/windows-account.ts'

/**
 * The account of lpServiceStartName for the setting `user`: one of Windows' own, or the service's
 * virtual account `NT SERVICE\NAME`. None of these has a password.
 *
 * @returns null for any other account
 */
export function accountOf(user: string | null, service: string): string | null {
  if (user === null) return LOCAL_SERVICE
  const owner = virtualAccountOf(user)
  if (owner?.toLowerCase() === service.toLowerCase()) return `NT SERVICE\\${service}`
  return builtInAccount(user)
}

/** Windows compares account names without regard to case, and has two for some accounts. */
export function sameAccount(a: string, b: string): boolean {
  const one = (account: string): string => (builtInAccount(account) ?? account).toLowerCase()
  return one(a) === one(b)
}
