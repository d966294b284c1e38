/** Data of a value of the Windows registry, as far as programs write it (winnt.h, REG_…). */
export type RegistryData =
  /** REG_SZ and REG_EXPAND_SZ; of the second kind Windows replaces `%NAME%` where it is read. */
  | { readonly kind: 'text'; readonly text: string; readonly expands: boolean }
  /** REG_DWORD and REG_QWORD. */
  | { readonly kind: 'number'; readonly number: number }
  /** REG_MULTI_SZ. */
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** Everything else. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

export interface RegistryEntry {
  /** As it is written; empty for the default value of the key. */
  readonly name: string
  readonly data: RegistryData
  /** Where it stands in a file, from 1; 1 for what was read from the registry itself. */
  readonly line: number
}

export interface RegistryKey {
  /** Whole, from `HKEY_LOCAL_MACHINE` on. */
  readonly path: string
  readonly line: number
  readonly values: readonly RegistryEntry[]
}

/** Types of values in <winnt.h>. */
const REG_SZ = 1
const REG_EXPAND_SZ = 2
const REG_DWORD = 4
const REG_MULTI_SZ = 7
const REG_QWORD = 11

/**
 * Data of the registry by the number of its type.
 *
 * @param wide texts are UTF-16LE; else, in files of Windows 98, one byte is one character
 */
export function registryData(type: number, bytes: Uint8Array, wide = true): RegistryData {
  const text = (): string => new TextDecoder(wide ? 'utf-16le' : 'latin1').decode(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type === REG_SZ || type === REG_EXPAND_SZ)
    return { kind: 'text', text: untilNul(text()), expands: type === REG_EXPAND_SZ }
  if (type === REG_MULTI_SZ) {
    // An empty text ends the list; what the last text lacks is forgiven, as Windows does.
    const parts = text().split('\0')
    const end = parts.indexOf('')
    return { kind: 'texts', texts: end === -1 ? parts : parts.slice(0, end) }
  }
  if (type === REG_DWORD && bytes.length === 4)
    return { kind: 'number', number: view.getUint32(0, true) }
  if (type === REG_QWORD && bytes.length === 8)
    return { kind: 'number', number: Number(view.getBigUint64(0, true)) }
  return { kind: 'bytes', bytes }
}

function untilNul(text: string): string {
  const end = text.indexOf('\0')
  return end === -1 ? text : text.slice(0, end)
}
