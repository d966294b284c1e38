import { bind } from '../win32-error.ts'

/** A handle of Windows as koffi gives an intptr_t; 0 is NULL and -1 INVALID_HANDLE_VALUE. */
export type Handle = number | bigint

/** What a spawner calls of kernel32.dll, as <processthreadsapi.h>, <jobapi2.h> and <fileapi.h> declare it. */
export const kernel32 = bind('kernel32.dll', {
  CreateProcessW:
    'int __stdcall CreateProcessW(str16 application, void *commandLine, void *processAttributes, void *threadAttributes, int inherit, uint32_t flags, void *environment, str16 directory, void *startup, void *information)',
  InitializeProcThreadAttributeList:
    'int __stdcall InitializeProcThreadAttributeList(void *list, uint32_t count, uint32_t flags, void *size)',
  UpdateProcThreadAttribute:
    'int __stdcall UpdateProcThreadAttribute(void *list, uint32_t flags, uintptr_t attribute, void *value, size_t size, void *previous, void *returned)',
  DeleteProcThreadAttributeList: 'void __stdcall DeleteProcThreadAttributeList(void *list)',
  ResumeThread: 'uint32_t __stdcall ResumeThread(intptr_t thread)',
  TerminateProcess: 'int __stdcall TerminateProcess(intptr_t process, uint32_t code)',
  GetExitCodeProcess: 'int __stdcall GetExitCodeProcess(intptr_t process, _Out_ uint32_t *code)',
  GetProcessTimes:
    'int __stdcall GetProcessTimes(intptr_t process, void *created, void *exited, void *kernel, void *user)',
  GetCurrentProcess: 'intptr_t __stdcall GetCurrentProcess()',
  OpenProcess: 'intptr_t __stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  WaitForSingleObject:
    'uint32_t __stdcall WaitForSingleObject(intptr_t handle, uint32_t milliseconds)',
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
  DuplicateHandle:
    'int __stdcall DuplicateHandle(intptr_t sourceProcess, intptr_t source, intptr_t targetProcess, _Out_ intptr_t *target, uint32_t access, int inherit, uint32_t options)',
  CreateFileW:
    'intptr_t __stdcall CreateFileW(str16 path, uint32_t access, uint32_t share, void *security, uint32_t disposition, uint32_t attributes, intptr_t template)',
  CreateJobObjectW: 'intptr_t __stdcall CreateJobObjectW(void *security, str16 name)',
  OpenJobObjectW: 'intptr_t __stdcall OpenJobObjectW(uint32_t access, int inherit, str16 name)',
  AssignProcessToJobObject:
    'int __stdcall AssignProcessToJobObject(intptr_t job, intptr_t process)',
  TerminateJobObject: 'int __stdcall TerminateJobObject(intptr_t job, uint32_t code)',
  SetInformationJobObject:
    'int __stdcall SetInformationJobObject(intptr_t job, int kind, void *data, uint32_t size)',
  QueryInformationJobObject:
    'int __stdcall QueryInformationJobObject(intptr_t job, int kind, void *data, uint32_t size, void *returned)',
  CreateIoCompletionPort:
    'intptr_t __stdcall CreateIoCompletionPort(intptr_t file, intptr_t port, uintptr_t key, uint32_t threads)',
  GetQueuedCompletionStatus:
    'int __stdcall GetQueuedCompletionStatus(intptr_t port, _Out_ uint32_t *bytes, _Out_ uintptr_t *key, _Out_ uintptr_t *overlapped, uint32_t milliseconds)',
  PostQueuedCompletionStatus:
    'int __stdcall PostQueuedCompletionStatus(intptr_t port, uint32_t bytes, uintptr_t key, uintptr_t overlapped)',
  QueryFullProcessImageNameW:
    'int __stdcall QueryFullProcessImageNameW(intptr_t process, uint32_t flags, void *name, _Inout_ uint32_t *size)',
  RegisterWaitForSingleObject:
    'int __stdcall RegisterWaitForSingleObject(_Out_ uintptr_t *wait, intptr_t handle, void *callback, uintptr_t context, uint32_t milliseconds, uint32_t flags)',
  UnregisterWait: 'int __stdcall UnregisterWait(uintptr_t wait)',
  GetSystemDirectoryW: 'uint32_t __stdcall GetSystemDirectoryW(void *buffer, uint32_t size)',
})

/** <winnt.h> */
export const ACCESS = {
  PROCESS_TERMINATE: 0x1,
  PROCESS_VM_READ: 0x10,
  PROCESS_DUP_HANDLE: 0x40,
  PROCESS_QUERY_LIMITED_INFORMATION: 0x1000,
  SYNCHRONIZE: 0x100000,
  JOB_OBJECT_ALL_ACCESS: 0x1f001f,
} as const

export const WAIT_TIMEOUT = 0x102

/** Closes what is a handle at all; a failure would be a handle that is none of ours any more. */
export function close(handle: Handle | null): void {
  if (handle !== null && Number(handle) !== 0 && Number(handle) !== -1) {
    kernel32().CloseHandle(handle)
  }
}
