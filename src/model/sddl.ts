/**
 * Security descriptors as text: "Security Descriptor String Format" and "ACE Strings" of Microsoft's
 * documentation, as far as owners and access lists go.
 */

/** One entry of an access list that allows or denies. Others (audit, callbacks) are left out. */
export interface AccessEntry {
  readonly allow: boolean
  /** It is for what will be created in the folder, and says nothing about the folder. */
  readonly inheritOnly: boolean
  /** Bits of ACCESS_MASK. */
  readonly mask: number
  /** `S-1-1-0`; an abbreviation where only a domain knows the number. */
  readonly sid: string
}

export interface Descriptor {
  readonly owner: string | null
  /** In order; null where there is no list at all, and everybody may do everything. */
  readonly entries: readonly AccessEntry[] | null
}

/** Generic rights and what they stand for, by kind of object: GENERIC_MAPPING. */
export interface GenericMapping {
  readonly read: number
  readonly write: number
  readonly execute: number
  readonly all: number
}

/** FILE_GENERIC_… of <winnt.h>. */
export const FILE_RIGHTS: GenericMapping = {
  read: 0x120089,
  write: 0x120116,
  execute: 0x1200a0,
  all: 0x1f01ff,
}

/** "Service Security and Access Rights": STANDARD_RIGHTS and the rights of services that each stands for. */
export const SERVICE_RIGHTS: GenericMapping = {
  read: 0x2008d,
  write: 0x20002,
  execute: 0x20170,
  all: 0xf01ff,
}

const RIGHTS: Readonly<Record<string, number>> = {
  GA: 0x10000000,
  GR: 0x80000000,
  GW: 0x40000000,
  GX: 0x20000000,
  SD: 0x10000,
  RC: 0x20000,
  WD: 0x40000,
  WO: 0x80000,
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  FA: 0x1f01ff,
  FR: 0x120089,
  FW: 0x120116,
  FX: 0x1200a0,
  KA: 0xf003f,
  KR: 0x20019,
  KW: 0x20006,
  KX: 0x20019,
}

const SIDS: Readonly<Record<string, string>> = {
  WD: 'S-1-1-0',
  CO: 'S-1-3-0',
  CG: 'S-1-3-1',
  OW: 'S-1-3-4',
  NU: 'S-1-5-2',
  IU: 'S-1-5-4',
  SU: 'S-1-5-6',
  AN: 'S-1-5-7',
  AU: 'S-1-5-11',
  SY: 'S-1-5-18',
  LS: 'S-1-5-19',
  NS: 'S-1-5-20',
  BA: 'S-1-5-32-544',
  BU: 'S-1-5-32-545',
  BG: 'S-1-5-32-546',
  PU: 'S-1-5-32-547',
  AC: 'S-1-15-2-1',
}

/** Reads a descriptor; null for text that is none. */
export function parseSddl(text: string): Descriptor | null {
  const parts = partsOf(text.trim())
  if (parts === null) return null
  const list = parts.get('D')
  const entries = list === undefined || list.includes('NO_ACCESS_CONTROL') ? null : entriesOf(list)
  if (entries === undefined) return null
  const owner = parts.get('O')
  return { owner: owner === undefined ? null : sidOf(owner), entries }
}

/** `O:`, `G:`, `D:` and `S:` with what follows each; conditions have brackets and colons of their own. */
function partsOf(text: string): Map<string, string> | null {
  const parts = new Map<string, string>()
  let depth = 0
  let name: string | null = null
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (depth < 0) return null
    if (depth === 0 && text[at + 1] === ':' && 'OGDS'.includes(character)) {
      if (parts.has(character)) return null
      name = character
      parts.set(name, '')
      at += 1
    } else if (name === null) return null
    else parts.set(name, `${parts.get(name)}${character}`)
  }
  return depth === 0 && parts.size > 0 ? parts : null
}

/** Undefined for what is no list of entries. */
function entriesOf(list: string): AccessEntry[] | undefined {
  const match = /^(?:P|AR|AI)*((?:\(.*\))?)$/s.exec(list)
  if (match === null) return undefined
  const entries: AccessEntry[] = []
  for (const [, inner = ''] of (match[1] ?? '').matchAll(/\(((?:[^()]|\([^()]*\))*)\)/g)) {
    const [type, flags = '', rights = '', , , sid] = inner.split(';')
    if (type === undefined || sid === undefined) return undefined
    const mask = maskOf(rights)
    if (mask === null || sidOf(sid) === '') return undefined
    if (!/^X?[AD]$/.test(type)) continue
    const inheritOnly = /^(?:..)*IO/.test(flags)
    entries.push({ allow: type.endsWith('A'), inheritOnly, mask, sid: sidOf(sid) })
  }
  return entries
}

function maskOf(rights: string): number | null {
  if (/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(rights)) return Number(rights) >>> 0
  if (!/^([A-Z]{2})*$/.test(rights)) return null
  let mask = 0
  for (const [word] of rights.matchAll(/../g)) {
    const bits = RIGHTS[word]
    if (bits === undefined) return null
    mask |= bits
  }
  return mask >>> 0
}

function sidOf(text: string): string {
  return SIDS[text] ?? text
}

/** The mask with what its generic rights stand for. */
export function specificRights(mask: number, mapping: GenericMapping): number {
  let rights = mask & 0x0fffffff
  if (mask & (RIGHTS.GA as number)) rights |= mapping.all
  if (mask & (RIGHTS.GR as number)) rights |= mapping.read
  if (mask & (RIGHTS.GW as number)) rights |= mapping.write
  if (mask & (RIGHTS.GX as number)) rights |= mapping.execute
  return rights >>> 0
}

/** Whether two texts say the same of who may do what; Windows writes what it is given in its own way. */
export function sameAccess(a: string, b: string, mapping: GenericMapping): boolean {
  const plain = (text: string): string =>
    JSON.stringify(
      parseSddl(text)?.entries?.map(({ mask, ...entry }) => ({
        ...entry,
        mask: specificRights(mask, mapping),
      })) ?? text,
    )
  return plain(a) === plain(b)
}
