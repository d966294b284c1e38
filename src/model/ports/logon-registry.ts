import type { RegistryValue } from './service-control.ts'

/**
 * The registry of the user who asks, HKEY_CURRENT_USER, or of the machine, HKEY_LOCAL_MACHINE, which
 * all may read and administrators write; paths are below it: `Software\\stead`.
 */
export interface LogonRegistry {
  /** Null where there is no such key or value. */
  read(key: string, name: string): RegistryValue | null
  /** Sets a REG_SZ; keys that are missing are created. */
  write(key: string, name: string, text: string): void
  /** Removes a value; one that is not there is no error. */
  remove(key: string, name: string): void
  /** The names of the keys right below one; none where there is no such key. */
  keys(key: string): readonly string[]
  /** Removes a key with its values, unless there are keys below it. */
  removeKey(key: string): void
}
