import { bind } from '../win32-error.ts'

/** What a spawner calls of ntdll.dll, as <winternl.h> and the headers of the driver kit declare it. Zero is success. */
export const ntdll = bind('ntdll.dll', {
  NtQueryInformationProcess:
    'int32_t __stdcall NtQueryInformationProcess(intptr_t process, int kind, void *data, uint32_t size, void *returned)',
  NtReadVirtualMemory:
    'int32_t __stdcall NtReadVirtualMemory(intptr_t process, uintptr_t address, void *buffer, size_t size, void *read)',
  NtSuspendProcess: 'int32_t __stdcall NtSuspendProcess(intptr_t process)',
  NtResumeProcess: 'int32_t __stdcall NtResumeProcess(intptr_t process)',
})
