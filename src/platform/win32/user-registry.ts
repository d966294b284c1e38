import type { UserRegistry } from '../../model/ports/user-registry.ts'
import { deleteLeaf, readValue, subkeys, writeValue } from './registry.ts'

/** The one key that is there in every registry of a user. */
const ABOVE = 'Software'

/** HKEY_CURRENT_USER\Software of this Windows: keys outside of it are nobody's to write here. */
export function userRegistry(): UserRegistry {
  const below = (key: string): string => {
    if (!key.startsWith(`${ABOVE}\\`)) throw new Error(`${key} is not below ${ABOVE}`)
    return key.slice(ABOVE.length + 1)
  }
  return {
    read: (key, name) => readValue(key, name, 'HKCU'),
    write(key, name, text) {
      writeValue(ABOVE, below(key), name, { type: 'REG_SZ', data: text }, 'HKCU')
    },
    remove(key, name) {
      if (readValue(key, name, 'HKCU') !== null) writeValue(ABOVE, below(key), name, null, 'HKCU')
    },
    keys: (key) => subkeys(key, 'HKCU'),
    removeKey(key) {
      below(key)
      deleteLeaf(key, 'HKCU')
    },
  }
}
