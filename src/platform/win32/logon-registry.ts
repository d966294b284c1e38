import type { LogonRegistry } from '../../model/ports/logon-registry.ts'
import type { Scope } from '../../model/service-spec.ts'
import { deleteLeaf, readValue, subkeys, writeValue } from './registry.ts'

/** The one key that is there in every registry. */
const ABOVE = 'Software'

/** Software of the user who asks, or of this Windows: keys outside of it are nobody's to write here. */
export function logonRegistry(scope: Scope): LogonRegistry {
  const root = scope === 'user' ? 'HKCU' : 'HKLM'
  const below = (key: string): string => {
    if (!key.startsWith(`${ABOVE}\\`)) throw new Error(`${key} is not below ${ABOVE}`)
    return key.slice(ABOVE.length + 1)
  }
  return {
    read: (key, name) => readValue(key, name, root),
    write(key, name, text) {
      writeValue(ABOVE, below(key), name, { type: 'REG_SZ', data: text }, root)
    },
    remove(key, name) {
      if (readValue(key, name, root) !== null) writeValue(ABOVE, below(key), name, null, root)
    },
    keys: (key) => subkeys(key, root),
    removeKey(key) {
      below(key)
      deleteLeaf(key, root)
    },
  }
}
