import { bind, checked, koffi } from './win32-error.ts'

/** <sddl.h> */
const SDDL_REVISION_1 = 1
/** SECURITY_ATTRIBUTES of <minwinbase.h>: its size, the descriptor, whether a handle is inherited. */
const ATTRIBUTES_SIZE = 24
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

/** The self-relative descriptor that a text in SDDL means; to be freed. @throws WindowsError */
function descriptorOf(text: string): unknown {
  const descriptor: [unknown] = [null]
  const api = 'ConvertStringSecurityDescriptorToSecurityDescriptorW'
  checked(api, advapi32()[api](text, SDDL_REVISION_1, descriptor, [0]))
  return descriptor[0]
}

/** Runs `use` with the self-relative descriptor that a text in SDDL means. */
export function withDescriptor<T>(text: string, use: (descriptor: unknown) => T): T {
  const descriptor = descriptorOf(text)
  try {
    return use(descriptor)
  } finally {
    freeLocal(descriptor)
  }
}

/**
 * SECURITY_ATTRIBUTES for a thing that is made with just these rights.
 *
 * @param sddl in the Security Descriptor Definition Language
 * @throws WindowsError where the text is none
 */
export function securityAttributes(sddl: string): Buffer {
  const attributes = Buffer.allocUnsafeSlow(ATTRIBUTES_SIZE).fill(0)
  attributes.writeUInt32LE(ATTRIBUTES_SIZE, 0)
  // Kept for good: the descriptors of a process are few.
  attributes.writeBigUInt64LE(BigInt(koffi().address(descriptorOf(sddl))), 8)
  return attributes
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
