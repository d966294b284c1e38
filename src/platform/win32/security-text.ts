import { bind, checked, koffi } from './win32-error.ts'

const SDDL_REVISION_1 = 1
/** SECURITY_INFORMATION of <winnt.h>. */
export const OWNER_INFORMATION = 0x1
export const DACL_INFORMATION = 0x4

const advapi32 = bind('advapi32.dll', {
  ConvertStringSecurityDescriptorToSecurityDescriptorW:
    'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 text, uint32_t revision, _Out_ void **descriptor, _Out_ uint32_t *size)',
  ConvertSecurityDescriptorToStringSecurityDescriptorW:
    'int __stdcall ConvertSecurityDescriptorToStringSecurityDescriptorW(void *descriptor, uint32_t revision, uint32_t information, _Out_ void **text, _Out_ uint32_t *length)',
})

const kernel32 = bind('kernel32.dll', {
  LocalFree: 'void *__stdcall LocalFree(void *memory)',
})

/** Lets go of memory that Windows allocated for its caller. */
export function freeLocal(memory: unknown): void {
  if (memory !== null) kernel32().LocalFree(memory)
}

/** Runs `use` with the self-relative descriptor that a text in SDDL means. */
export function withDescriptor<T>(text: string, use: (descriptor: unknown) => T): T {
  const descriptor: [unknown] = [null]
  const api = 'ConvertStringSecurityDescriptorToSecurityDescriptorW'
  checked(api, advapi32()[api](text, SDDL_REVISION_1, descriptor, [0]))
  try {
    return use(descriptor[0])
  } finally {
    freeLocal(descriptor[0])
  }
}

/** The parts of a descriptor that `information` names, in SDDL. */
export function descriptorText(descriptor: unknown, information: number): string {
  const text: [unknown] = [null]
  const api = 'ConvertSecurityDescriptorToStringSecurityDescriptorW'
  checked(api, advapi32()[api](descriptor, SDDL_REVISION_1, information, text, [0]))
  try {
    return koffi().decode(text[0], 'char16_t', -1) as string
  } finally {
    freeLocal(text[0])
  }
}
