import { parseSddl, SERVICE_RIGHTS, sameAccess, specificRights } from '../../model/sddl.ts'

/** What Windows gives a new service: "Service Security and Access Rights", the default of its DACL. */
export const DEFAULT_DESCRIPTOR =
  'D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLOCRRC;;;IU)(A;;CCLCSWLOCRRC;;;SU)'

const ADMINISTRATORS = 'S-1-5-32-544'
const QUERY_STATUS = 0x4
/** SERVICE_CHANGE_CONFIG, DELETE and WRITE_DAC: what it takes to change and to remove a service. */
const TO_MANAGE = 0x2 | 0x10000 | 0x40000

/** What is wrong with an access list for a service; null for a good one. */
export function descriptorProblem(text: string): string | null {
  const entries = parseSddl(text)?.entries
  if (entries === undefined) return 'it is not SDDL, as in D:(A;;CCLCSWRPLOCRRC;;;AU)(A;;GA;;;BA)'
  if (!/^D:/.test(text) || /\)S:/.test(text)) return 'it is more than an access list: D:(…)(…)'
  if (entries === null) return 'without an access list everybody could change the service'
  let rights = 0
  for (const { allow, inheritOnly, mask, sid } of entries) {
    if (sid !== ADMINISTRATORS || inheritOnly) continue
    const own = specificRights(mask, SERVICE_RIGHTS)
    rights = allow ? rights | own : rights & ~own
  }
  return (rights & TO_MANAGE) === TO_MANAGE
    ? null
    : 'administrators (BA) could neither change nor remove the service; give them GA'
}

/** For the plan: who may no longer ask how the service is. */
export function descriptorNote(text: string | null): string | null {
  if (text === null) return null
  const who = parseSddl(text)?.entries ?? []
  const ask = who.some(
    ({ allow, mask, sid }) =>
      allow &&
      sid !== ADMINISTRATORS &&
      sid !== 'S-1-5-18' &&
      specificRights(mask, SERVICE_RIGHTS) & QUERY_STATUS,
  )
  return ask ? null : 'only administrators can ask for its status, by its security descriptor'
}

/** Whether a service has the access list that is wanted. */
export function sameDescriptor(present: string, wanted: string): boolean {
  return sameAccess(present, wanted, SERVICE_RIGHTS)
}
