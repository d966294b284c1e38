import {
  builtInAccount,
  LOCAL_SERVICE,
  userAccount,
  virtualAccountOf,
} from '../../model/windows-account.ts'

/**
 * The account of lpServiceStartName for the setting `user`: one of Windows' own, the service's virtual
 * account `NT SERVICE\NAME`, a managed one, or a user.
 *
 * @returns null for what is no account, and for another service's
 */
export function accountOf(user: string | null, service: string): string | null {
  if (user === null) return LOCAL_SERVICE
  const owner = virtualAccountOf(user)
  if (owner !== null) {
    return owner.toLowerCase() === service.toLowerCase() ? `NT SERVICE\\${service}` : null
  }
  return builtInAccount(user) ?? userAccount(user)
}

/** Windows compares account names without regard to case, and has two for some accounts. */
export function sameAccount(a: string, b: string): boolean {
  const one = (account: string): string => (builtInAccount(account) ?? account).toLowerCase()
  return one(a) === one(b)
}
