import { readValue, subkeys } from './registry.ts'

/** Where Windows keeps which directory is whose, by SID; "User Profiles", Microsoft Learn. */
const PROFILES = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList'

/** The directories of all users that this machine knows, those of services too. */
export function userProfiles(): readonly string[] {
  const found = subkeys(PROFILES).flatMap((sid) => {
    const value = readValue(`${PROFILES}\\${sid}`, 'ProfileImagePath')
    return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? [expanded(value.data)] : []
  })
  return [...new Set(found)]
}

/** `%SystemRoot%` and its like, which stand in paths of the accounts of services. */
function expanded(path: string): string {
  return path.replaceAll(/%([^%]+)%/g, (whole, name: string) => process.env[name] ?? whole)
}
