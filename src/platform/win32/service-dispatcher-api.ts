import type { ControlDetail } from '../../model/ports/scm-conversation.ts'
import { eventData } from './service-dispatcher-data.ts'
import { bind, checked, type Handle, koffi } from './win32-error.ts'

/** What ServiceMain was called with, and how to answer. */
export interface DispatcherEvents {
  /** SERVICE_MAIN_FUNCTIONW: the service's name, then the start arguments. */
  main(args: string[]): void
  /** HANDLER_FUNCTION_EX; returns a number of <winerror.h>. */
  control(code: number, detail: ControlDetail): number
}

const advapi32 = bind('advapi32.dll', {
  RegisterServiceCtrlHandlerExW:
    'void *__stdcall RegisterServiceCtrlHandlerExW(str16 name, void *handler, void *context)',
  SetServiceStatus: 'int __stdcall SetServiceStatus(void *handle, void *status)',
})

const kernel32 = bind('kernel32.dll', {
  CreateThread:
    'void *__stdcall CreateThread(void *security, size_t stack, void *start, void *parameter, uint32_t flags, void *id)',
  GetExitCodeThread: 'int __stdcall GetExitCodeThread(void *thread, _Out_ uint32_t *code)',
  CreateToolhelp32Snapshot:
    'intptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)',
  Process32FirstW: 'int __stdcall Process32FirstW(intptr_t snapshot, void *entry)',
  Process32NextW: 'int __stdcall Process32NextW(intptr_t snapshot, void *entry)',
  CloseHandle: 'int __stdcall CloseHandle(intptr_t handle)',
})

const STILL_ACTIVE = 259
const TH32CS_SNAPPROCESS = 2

/** What Windows keeps pointers to as long as the process lives. */
const kept: unknown[] = []

/**
 * Calls StartServiceCtrlDispatcherW, which blocks as long as the service lives, on a thread of its
 * own: it takes a pointer and returns an integer as a thread's start routine does, and so occupies
 * none of the few threads that Node shares out for files and the like.
 *
 * @returns tells whether the call is still going on; it ends early when no SCM waits for this process
 */
export function startDispatcher({ main, control }: DispatcherEvents): {
  isConnected(): boolean
  register(name: string): Handle
} {
  const { register, pointer, proto, decode, array, load, address } = koffi()
  const mainCallback = register(
    (count: number, args: unknown) => main(decode(args, array('str16', count)) as string[]),
    pointer(proto('void __stdcall SteadServiceMain(uint32_t count, void *args)')),
  )
  const handler = register(
    (code: number, eventType: number, data: unknown) =>
      control(code, { eventType, data: eventData(code, eventType, data) }),
    pointer(
      proto(
        'uint32_t __stdcall SteadHandlerEx(uint32_t control, uint32_t type, void *data, void *context)',
      ),
    ),
  )
  // The name in the table is ignored for a process of its own (SERVICE_TABLE_ENTRYW).
  const name = Buffer.from('\0', 'utf16le')
  const table = new BigUint64Array([address(name), mainCallback, 0n, 0n])
  kept.push(name, table)
  const dispatcher = load('advapi32.dll').symbol('StartServiceCtrlDispatcherW')
  const thread: Handle = checked(
    'CreateThread',
    kernel32().CreateThread(null, 0, dispatcher, table, 0, null),
  )
  return {
    isConnected() {
      const code: [number] = [0]
      kernel32().GetExitCodeThread(thread, code)
      return code[0] === STILL_ACTIVE
    },
    register: (service) =>
      checked(
        'RegisterServiceCtrlHandlerExW',
        advapi32().RegisterServiceCtrlHandlerExW(service, handler, null),
      ),
  }
}

/** SetServiceStatus, with the seven DWORDs of SERVICE_STATUS. */
export function setServiceStatus(handle: Handle, words: readonly number[]): void {
  checked('SetServiceStatus', advapi32().SetServiceStatus(handle, Uint32Array.from(words)))
}

/**
 * Is the parent of this process the SCM's? Only then is there a dispatcher to reach; the attempt
 * alone would tell as well (1063), but may take its time about it.
 */
export function isChildOfServices(): boolean {
  const parent = process.ppid
  const api = kernel32()
  const snapshot = api.CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0)
  // PROCESSENTRY32W of a 64-bit Windows: the size first, th32ProcessID at 8, szExeFile at 44.
  const entry = Buffer.alloc(568)
  entry.writeUInt32LE(entry.length, 0)
  try {
    for (let more = api.Process32FirstW(snapshot, entry); more; ) {
      if (entry.readUInt32LE(8) === parent) {
        const name = entry.toString('utf16le', 44).replace(/\0.*$/s, '')
        return name.toLowerCase() === 'services.exe'
      }
      more = api.Process32NextW(snapshot, entry)
    }
    return false
  } finally {
    api.CloseHandle(snapshot)
  }
}
