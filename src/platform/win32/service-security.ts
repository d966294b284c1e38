import { grownBuffer } from './advapi32.ts'
import { DACL_INFORMATION, descriptorText, withDescriptor } from './security-text.ts'
import { bind, checked, type Handle } from './win32-error.ts'

const advapi32 = bind('advapi32.dll', {
  QueryServiceObjectSecurity:
    'int __stdcall QueryServiceObjectSecurity(void *service, uint32_t information, void *descriptor, uint32_t size, _Out_ uint32_t *needed)',
  SetServiceObjectSecurity:
    'int __stdcall SetServiceObjectSecurity(void *service, uint32_t information, void *descriptor)',
})

/** The access list of a service in SDDL. The handle needs READ_CONTROL. */
export function readServiceSecurity(service: Handle): string {
  const api = 'QueryServiceObjectSecurity'
  const buffer = grownBuffer(api, (memory, needed) =>
    advapi32()[api](service, DACL_INFORMATION, memory, memory.length, needed),
  )
  return descriptorText(buffer, DACL_INFORMATION)
}

/** Gives a service an access list. The handle needs WRITE_DAC. */
export function writeServiceSecurity(service: Handle, text: string): void {
  withDescriptor(text, (descriptor) => {
    const api = 'SetServiceObjectSecurity'
    checked(api, advapi32()[api](service, DACL_INFORMATION, descriptor))
  })
}
