/** The account of a service that names none: it may do little, and nothing on the network as the machine. */
export const DEFAULT_ACCOUNT = 'NT AUTHORITY\\LocalService'

/** Lower-case spellings people use, and the one the Service Control Manager keeps. */
const BUILT_IN: Readonly<Record<string, string>> = {
  localsystem: 'LocalSystem',
  system: 'LocalSystem',
  'nt authority\\system': 'LocalSystem',
  '.\\localsystem': 'LocalSystem',
  localservice: DEFAULT_ACCOUNT,
  'nt authority\\localservice': DEFAULT_ACCOUNT,
  'nt authority\\local service': DEFAULT_ACCOUNT,
  networkservice: 'NT AUTHORITY\\NetworkService',
  'nt authority\\networkservice': 'NT AUTHORITY\\NetworkService',
  'nt authority\\network service': 'NT AUTHORITY\\NetworkService',
}

/**
 * The account of lpServiceStartName for the setting `user`: one of Windows' own, or the service's
 * virtual account `NT SERVICE\NAME`. None of these has a password.
 *
 * @returns null for any other account
 */
export function accountOf(user: string | null, service: string): string | null {
  if (user === null) return DEFAULT_ACCOUNT
  const lower = user.toLowerCase()
  if (lower === `nt service\\${service.toLowerCase()}`) return `NT SERVICE\\${service}`
  return Object.hasOwn(BUILT_IN, lower) ? (BUILT_IN[lower] as string) : null
}

/** Windows compares account names without regard to case, and keeps LocalSystem under two. */
export function sameAccount(a: string, b: string): boolean {
  const known = (account: string): string =>
    Object.hasOwn(BUILT_IN, account.toLowerCase())
      ? (BUILT_IN[account.toLowerCase()] as string)
      : account
  return known(a).toLowerCase() === known(b).toLowerCase()
}
