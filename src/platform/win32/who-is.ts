import { win32 } from 'node:path'
import type { WhoIs } from '../../model/ports/audit-files.ts'
import { bind, type Handle } from './win32-error.ts'

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
/** The longest path that Windows has, in characters. */
const LONGEST_PATH = 32_768

const kernel32 = bind('kernel32.dll', {
  OpenProcess: 'void *__stdcall OpenProcess(uint32_t access, int inherit, uint32_t pid)',
  CloseHandle: 'int __stdcall CloseHandle(void *handle)',
  QueryFullProcessImageNameW:
    'int __stdcall QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, _Inout_ uint32_t *size)',
})

/** Programs behind pids, by the Windows API. Users have no numbers here. */
export function whoIs(): WhoIs {
  return { userName: () => null, commandOf }
}

/** The name of the executable; no argument of it. */
function commandOf(pid: number): string | null {
  const api = kernel32()
  const handle: Handle | null = api.OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid)
  if (!handle) return null
  try {
    const name = Buffer.alloc(LONGEST_PATH * 2)
    const length: [number] = [LONGEST_PATH]
    if (!api.QueryFullProcessImageNameW(handle, 0, name, length)) return null
    return win32.basename(name.toString('utf16le', 0, length[0] * 2))
  } finally {
    api.CloseHandle(handle)
  }
}
