import type { RegistryValue } from '../../model/ports/service-control.ts'
import { WIN32, WindowsError } from '../../model/windows-error.ts'
import {
  bind,
  type Handle,
  readWideText,
  readWideTexts,
  wideText,
  wideTexts,
} from './win32-error.ts'

/** Predefined keys of <winreg.h>: the machine's, and that of the user who asks. */
const ROOTS = { HKCU: 0x80000001, HKLM: 0x80000002 } as const
export type RegistryRoot = keyof typeof ROOTS
const KEY_QUERY_VALUE = 0x1
const KEY_SET_VALUE = 0x2
const KEY_CREATE_SUB_KEY = 0x4
const REG_SZ = 1
const REG_EXPAND_SZ = 2
const REG_DWORD = 4
const REG_MULTI_SZ = 7
const KEY_ENUMERATE_SUB_KEYS = 0x8
const DELETE = 0x10000
/** The name of a key has at most 255 characters. */
const MAX_KEY_NAME = 256
const ERROR_NO_MORE_ITEMS = 259

const registry = bind('advapi32.dll', {
  RegOpenKeyExW:
    'int32_t __stdcall RegOpenKeyExW(uintptr_t root, str16 path, uint32_t options, uint32_t access, _Out_ uintptr_t *key)',
  RegCreateKeyExW:
    'int32_t __stdcall RegCreateKeyExW(uintptr_t root, str16 path, uint32_t reserved, str16 type, uint32_t options, uint32_t access, void *security, _Out_ uintptr_t *key, void *disposition)',
  RegCloseKey: 'int32_t __stdcall RegCloseKey(uintptr_t key)',
  RegQueryValueExW:
    'int32_t __stdcall RegQueryValueExW(uintptr_t key, str16 name, void *reserved, _Out_ uint32_t *type, void *data, _Inout_ uint32_t *size)',
  RegSetValueExW:
    'int32_t __stdcall RegSetValueExW(uintptr_t key, str16 name, uint32_t reserved, uint32_t type, void *data, uint32_t size)',
  RegEnumKeyExW:
    'int32_t __stdcall RegEnumKeyExW(uintptr_t key, uint32_t index, void *name, _Inout_ uint32_t *size, void *reserved, void *type, void *typeSize, void *written)',
  RegDeleteTreeW: 'int32_t __stdcall RegDeleteTreeW(uintptr_t key, str16 child)',
  RegDeleteKeyW: 'int32_t __stdcall RegDeleteKeyW(uintptr_t key, str16 child)',
  RegDeleteValueW: 'int32_t __stdcall RegDeleteValueW(uintptr_t key, str16 name)',
})

/** A value; null where there is no such key or value. */
export function readValue(
  path: string,
  name: string,
  root: RegistryRoot = 'HKLM',
): RegistryValue | null {
  const api = registry()
  const key: [Handle] = [0n]
  const result: number = api.RegOpenKeyExW(ROOTS[root], path, 0, KEY_QUERY_VALUE, key)
  if (result === WIN32.FILE_NOT_FOUND) return null
  succeeded('RegOpenKeyExW', result)
  try {
    return queryValue(key[0], name)
  } finally {
    api.RegCloseKey(key[0])
  }
}

function queryValue(key: Handle, name: string): RegistryValue | null {
  let size = 1024
  for (;;) {
    const type: [number] = [0]
    const used: [number] = [size]
    const data = Buffer.alloc(size)
    const result = registry().RegQueryValueExW(key, name, null, type, data, used)
    if (result === WIN32.FILE_NOT_FOUND) return null
    if (result === WIN32.MORE_DATA) {
      size = Math.max(used[0], size * 2)
      continue
    }
    succeeded('RegQueryValueExW', result)
    const content = data.subarray(0, used[0])
    if (type[0] === REG_SZ) return { type: 'REG_SZ', data: readWideText(content) }
    if (type[0] === REG_EXPAND_SZ) return { type: 'REG_EXPAND_SZ', data: readWideText(content) }
    if (type[0] === REG_DWORD && content.length === 4) {
      return { type: 'REG_DWORD', data: content.readUInt32LE(0) }
    }
    if (type[0] === REG_MULTI_SZ) return { type: 'REG_MULTI_SZ', data: readWideTexts(content) }
    return { type: 'other', raw: type[0] }
  }
}

/**
 * Sets a value; null removes it. `child` is created where it is missing,
 * `path` never: a key of a service that is gone must not come back.
 *
 * @param child a key below `path`; empty for `path` itself
 */
export function writeValue(
  path: string,
  child: string,
  name: string,
  value: Exclude<RegistryValue, { type: 'other' }> | null,
  root: RegistryRoot = 'HKLM',
): void {
  const api = registry()
  const parent = opened('RegOpenKeyExW', (key) =>
    api.RegOpenKeyExW(ROOTS[root], path, 0, KEY_SET_VALUE | KEY_CREATE_SUB_KEY, key),
  )
  try {
    if (child === '') {
      setValue(parent, name, value)
      return
    }
    const key = opened('RegCreateKeyExW', (result) =>
      api.RegCreateKeyExW(parent, child, 0, null, 0, KEY_SET_VALUE, null, result, null),
    )
    try {
      setValue(key, name, value)
    } finally {
      api.RegCloseKey(key)
    }
  } finally {
    api.RegCloseKey(parent)
  }
}

function setValue(
  key: Handle,
  name: string,
  value: Exclude<RegistryValue, { type: 'other' }> | null,
): void {
  if (value === null) {
    const result: number = registry().RegDeleteValueW(key, name)
    if (result !== WIN32.FILE_NOT_FOUND) succeeded('RegDeleteValueW', result)
    return
  }
  const [type, data] = rawValue(value)
  succeeded('RegSetValueExW', registry().RegSetValueExW(key, name, 0, type, data, data.length))
}

function rawValue(value: Exclude<RegistryValue, { type: 'other' }>): [type: number, data: Buffer] {
  switch (value.type) {
    case 'REG_SZ':
      return [REG_SZ, wideText(value.data)]
    case 'REG_EXPAND_SZ':
      return [REG_EXPAND_SZ, wideText(value.data)]
    case 'REG_MULTI_SZ':
      return [REG_MULTI_SZ, wideTexts(value.data)]
    case 'REG_DWORD':
      return [REG_DWORD, Buffer.from(Uint32Array.of(value.data).buffer)]
  }
}

/** The names of the keys right below one; none where there is no such key. */
export function subkeys(path: string, root: RegistryRoot = 'HKLM'): string[] {
  const api = registry()
  const key: [Handle] = [0n]
  const result: number = api.RegOpenKeyExW(ROOTS[root], path, 0, KEY_ENUMERATE_SUB_KEYS, key)
  if (result === WIN32.FILE_NOT_FOUND) return []
  succeeded('RegOpenKeyExW', result)
  try {
    const names: string[] = []
    for (;;) {
      const name = Buffer.alloc(MAX_KEY_NAME * 2)
      const size: [number] = [MAX_KEY_NAME]
      const more: number = api.RegEnumKeyExW(
        key[0],
        names.length,
        name,
        size,
        null,
        null,
        null,
        null,
      )
      if (more === ERROR_NO_MORE_ITEMS) return names
      succeeded('RegEnumKeyExW', more)
      names.push(name.toString('utf16le', 0, size[0] * 2))
    }
  } finally {
    api.RegCloseKey(key[0])
  }
}

/** Removes a key of HKEY_LOCAL_MACHINE and all below it; one that is not there is no error. */
export function deleteKey(path: string, child: string): void {
  const api = registry()
  const rights = KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_ENUMERATE_SUB_KEYS | DELETE
  const parent = opened('RegOpenKeyExW', (key) =>
    api.RegOpenKeyExW(ROOTS.HKLM, path, 0, rights, key),
  )
  try {
    const result: number = api.RegDeleteTreeW(parent, child)
    if (result !== WIN32.FILE_NOT_FOUND) succeeded('RegDeleteTreeW', result)
  } finally {
    api.RegCloseKey(parent)
  }
}

/**
 * Removes a key with its values, unless there are keys below it (RegDeleteKeyW); says whether it is gone.
 */
export function deleteLeaf(path: string, root: RegistryRoot): boolean {
  const result: number = registry().RegDeleteKeyW(ROOTS[root], path)
  if (result === WIN32.ACCESS_DENIED && subkeys(path, root).length > 0) return false
  if (result !== WIN32.FILE_NOT_FOUND) succeeded('RegDeleteKeyW', result)
  return true
}

function opened(api: string, open: (key: [Handle]) => number): Handle {
  const key: [Handle] = [0n]
  succeeded(api, open(key))
  return key[0]
}

/** The registry functions return their error and do not set the last one. */
function succeeded(api: string, result: number): void {
  if (result !== 0) throw new WindowsError(api, result)
}
