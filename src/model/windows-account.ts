/** The account of a service that names none: it may do little, and nothing on the network as the machine. */
export const LOCAL_SERVICE = 'NT AUTHORITY\\LocalService'

/**
 * Lower-case spellings people use, and the one the Service Control Manager keeps ("LocalService
 * Account" and its neighbours in the documentation of services). They are the same in all languages.
 */
const BUILT_IN: Readonly<Record<string, string>> = {
  localsystem: 'LocalSystem',
  system: 'LocalSystem',
  'nt authority\\system': 'LocalSystem',
  '.\\localsystem': 'LocalSystem',
  localservice: LOCAL_SERVICE,
  'nt authority\\localservice': LOCAL_SERVICE,
  'nt authority\\local service': LOCAL_SERVICE,
  networkservice: 'NT AUTHORITY\\NetworkService',
  'nt authority\\networkservice': 'NT AUTHORITY\\NetworkService',
  'nt authority\\network service': 'NT AUTHORITY\\NetworkService',
}

/** The account that Windows itself brings for services under this name; null for any other. */
export function builtInAccount(name: string): string | null {
  const lower = name.toLowerCase()
  return Object.hasOwn(BUILT_IN, lower) ? (BUILT_IN[lower] as string) : null
}

/** The service whose virtual account `NT SERVICE\NAME` this is; null for any other account. */
export function virtualAccountOf(name: string): string | null {
  return /^nt service\\(.+)$/i.exec(name)?.[1] ?? null
}

/**
 * What kind of account a service runs as. `managed`: a group managed service account, whose password
 * Windows keeps (its name ends with `$`). `user`: one with a password.
 */
export type AccountKind = 'built-in' | 'virtual' | 'managed' | 'user'

export function accountKind(account: string): AccountKind {
  if (builtInAccount(account) !== null) return 'built-in'
  if (virtualAccountOf(account) !== null) return 'virtual'
  return account.endsWith('$') ? 'managed' : 'user'
}

/**
 * A user or a managed account as lpServiceStartName has it: `DOMAIN\\name`, `.\\name` of this machine, and
 * so for a bare name.
 *
 * @returns null for what is no name of an account: "User-Logon Name" has the characters that none has
 */
export function userAccount(name: string): string | null {
  const match = /^(?:([^\\]{1,255})\\)?([^\\]{1,255})$/.exec(name)
  const [, domain = '.', user = ''] = match ?? []
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names have none
  const unfit = /["/[\]:;|=,+*?<>@\u0000-\u001f]/
  if (match === null || unfit.test(domain) || unfit.test(user) || /^[. ]*$/.test(user)) return null
  // Only a domain has managed accounts.
  return domain === '.' && user.endsWith('$') ? null : `${domain}\\${user}`
}
