import { type RegistryEntry, type RegistryKey, registryData } from '../../model/registry-tree.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import { bind, type Handle } from './win32-error.ts'

const HKEY_LOCAL_MACHINE = 0x80000002
const KEY_READ = 0x20019
const ERROR_NO_MORE_ITEMS = 259
/** Names of values have 16,383 characters at most, those of keys 255 ("Registry Element Size Limits"). */
const MAX_NAME = 16_384
/** What a service keeps in its values is small; more than this is not read. */
const MAX_DATA = 1024 * 1024
const MAX_DEPTH = 8

const registry = bind('advapi32.dll', {
  RegOpenKeyExW:
    'int32_t __stdcall RegOpenKeyExW(uintptr_t root, str16 path, uint32_t options, uint32_t access, _Out_ uintptr_t *key)',
  RegCloseKey: 'int32_t __stdcall RegCloseKey(uintptr_t key)',
  RegEnumKeyExW:
    'int32_t __stdcall RegEnumKeyExW(uintptr_t key, uint32_t index, void *name, _Inout_ uint32_t *size, void *reserved, void *type, void *typeSize, void *time)',
  RegEnumValueW:
    'int32_t __stdcall RegEnumValueW(uintptr_t key, uint32_t index, void *name, _Inout_ uint32_t *size, void *reserved, _Out_ uint32_t *type, void *data, _Inout_ uint32_t *bytes)',
})

/** A key below HKEY_LOCAL_MACHINE and all below it, read as `KEY_READ` allows; none where it is not there. */
export function readTree(path: string): RegistryKey[] {
  const keys: RegistryKey[] = []
  const read = (at: string, depth: number): void => {
    const api = registry()
    const key: [Handle] = [0n]
    const opened: number = api.RegOpenKeyExW(HKEY_LOCAL_MACHINE, at, 0, KEY_READ, key)
    if (opened === WIN32.FILE_NOT_FOUND) return
    // A key that not everybody may read (Security) has nothing of the service's settings.
    if (opened === WIN32.ACCESS_DENIED && depth > 0) return
    if (opened !== 0) throw new WindowsError('RegOpenKeyExW', opened)
    let children: string[]
    try {
      keys.push({ path: `HKEY_LOCAL_MACHINE\\${at}`, line: 1, values: valuesOf(key[0]) })
      children = childrenOf(key[0])
    } finally {
      api.RegCloseKey(key[0])
    }
    if (depth < MAX_DEPTH) for (const child of children) read(`${at}\\${child}`, depth + 1)
  }
  read(path, 0)
  return keys
}

function childrenOf(key: Handle): string[] {
  const names: string[] = []
  const name = Buffer.alloc(512 + 2)
  for (let index = 0; ; index += 1) {
    const size: [number] = [256]
    const result: number = registry().RegEnumKeyExW(key, index, name, size, null, null, null, null)
    if (result === ERROR_NO_MORE_ITEMS) return names
    if (result !== 0) throw new WindowsError('RegEnumKeyExW', result)
    names.push(name.toString('utf16le', 0, size[0] * 2))
  }
}

function valuesOf(key: Handle): RegistryEntry[] {
  const values: RegistryEntry[] = []
  const name = Buffer.alloc(MAX_NAME * 2)
  let data = Buffer.alloc(64 * 1024)
  for (let index = 0; ; ) {
    const size: [number] = [MAX_NAME]
    const type: [number] = [0]
    const bytes: [number] = [data.length]
    const result: number = registry().RegEnumValueW(key, index, name, size, null, type, data, bytes)
    if (result === ERROR_NO_MORE_ITEMS) return values
    if (result === WIN32.MORE_DATA && data.length < MAX_DATA) {
      data = Buffer.alloc(MAX_DATA)
      continue
    }
    if (result !== 0 && result !== WIN32.MORE_DATA) throw new WindowsError('RegEnumValueW', result)
    if (result === 0)
      values.push({
        name: name.toString('utf16le', 0, size[0] * 2),
        data: registryData(type[0], Uint8Array.from(data.subarray(0, bytes[0]))),
        line: 1,
      })
    index += 1
  }
}
