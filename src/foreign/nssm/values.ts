import type { RegistryEntry, RegistryKey } from '../../model/registry-tree.ts'
import type { Place } from '../loss.ts'

/** The values of one key, whatever the case of their names. */
export interface NssmValues {
  /** A text; null where there is none, or an empty one. */
  text(name: string): string | null
  /** A number; texts of digits count as one. */
  number(name: string): number | null
  texts(name: string): readonly string[] | null
  place(name: string): Place
  names(): readonly string[]
}

export function nssmValues(key: RegistryKey | null, file: string): NssmValues {
  const entries = new Map<string, RegistryEntry>()
  for (const entry of key?.values ?? []) entries.set(entry.name.toLowerCase(), entry)
  const find = (name: string): RegistryEntry | undefined => entries.get(name.toLowerCase())
  return {
    text(name) {
      const data = find(name)?.data
      return data?.kind === 'text' && data.text !== '' ? data.text : null
    },
    number(name) {
      const data = find(name)?.data
      if (data?.kind === 'number') return data.number
      return data?.kind === 'text' && /^\d{1,10}$/.test(data.text) ? Number(data.text) : null
    },
    texts(name) {
      const data = find(name)?.data
      if (data?.kind === 'texts') return data.texts
      return data?.kind === 'text' && data.text !== '' ? [data.text] : null
    },
    place: (name) => ({ file, line: find(name)?.line ?? key?.line ?? 1 }),
    names: () => (key?.values ?? []).map((entry) => entry.name),
  }
}
