import { isWindowsError, WIN32, WindowsError } from '../../model/windows-error.ts'
import { bind, checked, type Handle, koffi, lastError, readWideText } from './win32-error.ts'

/** Access rights of <winsvc.h>. */
export const ACCESS = {
  SC_MANAGER_CONNECT: 0x1,
  SC_MANAGER_CREATE_SERVICE: 0x2,
  SC_MANAGER_ENUMERATE_SERVICE: 0x4,
  SERVICE_QUERY_CONFIG: 0x1,
  SERVICE_CHANGE_CONFIG: 0x2,
  SERVICE_QUERY_STATUS: 0x4,
  SERVICE_START: 0x10,
  SERVICE_STOP: 0x20,
  SERVICE_PAUSE_CONTINUE: 0x40,
  SERVICE_INTERROGATE: 0x80,
  SERVICE_USER_DEFINED_CONTROL: 0x100,
  DELETE: 0x10000,
  READ_CONTROL: 0x20000,
  WRITE_DAC: 0x40000,
} as const

/** The service functions of advapi32.dll, as <winsvc.h> declares them. */
export const advapi32 = bind('advapi32.dll', {
  OpenSCManagerW: 'void *__stdcall OpenSCManagerW(str16 machine, str16 database, uint32_t access)',
  OpenServiceW: 'void *__stdcall OpenServiceW(void *scm, str16 name, uint32_t access)',
  CloseServiceHandle: 'int __stdcall CloseServiceHandle(void *handle)',
  CreateServiceW:
    'void *__stdcall CreateServiceW(void *scm, str16 name, str16 displayName, uint32_t access, uint32_t type, uint32_t startType, uint32_t errorControl, str16 commandLine, str16 group, void *tag, void *dependencies, str16 account, str16 password)',
  ChangeServiceConfigW:
    'int __stdcall ChangeServiceConfigW(void *service, uint32_t type, uint32_t startType, uint32_t errorControl, str16 commandLine, str16 group, void *tag, void *dependencies, str16 account, str16 password, str16 displayName)',
  ChangeServiceConfig2W:
    'int __stdcall ChangeServiceConfig2W(void *service, uint32_t level, void *info)',
  QueryServiceConfigW:
    'int __stdcall QueryServiceConfigW(void *service, void *buffer, uint32_t size, _Out_ uint32_t *needed)',
  QueryServiceConfig2W:
    'int __stdcall QueryServiceConfig2W(void *service, uint32_t level, void *buffer, uint32_t size, _Out_ uint32_t *needed)',
  QueryServiceStatusEx:
    'int __stdcall QueryServiceStatusEx(void *service, int level, void *buffer, uint32_t size, _Out_ uint32_t *needed)',
  StartServiceW: 'int __stdcall StartServiceW(void *service, uint32_t count, str16 *args)',
  ControlService: 'int __stdcall ControlService(void *service, uint32_t code, void *status)',
  DeleteService: 'int __stdcall DeleteService(void *service)',
  EnumServicesStatusExW:
    'int __stdcall EnumServicesStatusExW(void *scm, int level, uint32_t type, uint32_t state, void *buffer, uint32_t size, _Out_ uint32_t *needed, _Out_ uint32_t *count, _Inout_ uint32_t *resume, str16 group)',
})

/** Runs `use` with the SCM opened, and closes it however that ends. */
export async function withManager<T>(
  access: number,
  use: (scm: Handle) => T | Promise<T>,
): Promise<T> {
  const api = advapi32()
  const scm: Handle = checked('OpenSCManagerW', api.OpenSCManagerW(null, null, access))
  try {
    return await use(scm)
  } finally {
    api.CloseServiceHandle(scm)
  }
}

/** Runs `use` with a service opened for `access` and nothing more. */
export function withService<T>(
  name: string,
  access: number,
  use: (service: Handle) => T | Promise<T>,
): Promise<T> {
  return withManager(ACCESS.SC_MANAGER_CONNECT, async (scm) => {
    const api = advapi32()
    const service: Handle = checked('OpenServiceW', api.OpenServiceW(scm, name, access))
    try {
      return await use(service)
    } finally {
      api.CloseServiceHandle(service)
    }
  })
}

/**
 * Calls a query that says how large its buffer has to be, until the buffer is large enough.
 *
 * @param call fills the buffer and the size needed; returns zero when it failed
 */
export function grownBuffer(
  api: string,
  call: (buffer: Buffer, needed: [number]) => unknown,
): Buffer {
  let size = 1024
  for (;;) {
    const buffer = Buffer.alloc(size)
    const needed: [number] = [0]
    if (call(buffer, needed)) return buffer
    const error = new WindowsError(api, lastError())
    if (!isWindowsError(error, WIN32.INSUFFICIENT_BUFFER, WIN32.MORE_DATA)) throw error
    // What is asked about may have grown meanwhile, so the size only ever goes up.
    size = Math.max(needed[0], size * 2)
  }
}

/** Where in `buffer` the pointer at `offset` points to; null for NULL. */
export function pointerWithin(buffer: Buffer, offset: number): number | null {
  const pointer = buffer.readBigUInt64LE(offset)
  if (pointer === 0n) return null
  const at = Number(pointer - BigInt(koffi().address(buffer)))
  if (at < 0 || at >= buffer.length) {
    throw new RangeError(`a pointer of the Windows API leads out of its buffer (${at})`)
  }
  return at
}

/** The text that the pointer at `offset` of `buffer` points to; empty for NULL. */
export function textAt(buffer: Buffer, offset: number): string {
  const at = pointerWithin(buffer, offset)
  return at === null ? '' : readWideText(buffer, at)
}
