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
