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
