import { bind, koffi } from '../win32-error.ts'
import { close, type Handle } from './kernel32.ts'

/** <winuser.h>, <tlhelp32.h> */
const WM_CLOSE = 0x10
const WM_QUIT = 0x12
const TH32CS_SNAPTHREAD = 0x4
/** THREADENTRY32, and the places of th32ThreadID and th32OwnerProcessID in it. */
const THREAD_ENTRY_SIZE = 28
const THREAD = 8
const OWNER = 12

const user32 = bind('user32.dll', {
  GetWindowThreadProcessId:
    'uint32_t __stdcall GetWindowThreadProcessId(intptr_t window, _Out_ uint32_t *pid)',
  PostMessageW:
    'int __stdcall PostMessageW(intptr_t window, uint32_t message, uintptr_t w, intptr_t l)',
  PostThreadMessageW:
    'int __stdcall PostThreadMessageW(uint32_t thread, uint32_t message, uintptr_t w, intptr_t l)',
})

const kernel32 = bind('kernel32.dll', {
  CreateToolhelp32Snapshot:
    'intptr_t __stdcall CreateToolhelp32Snapshot(uint32_t flags, uint32_t pid)',
  Thread32First: 'int __stdcall Thread32First(intptr_t snapshot, void *entry)',
  Thread32Next: 'int __stdcall Thread32Next(intptr_t snapshot, void *entry)',
})

/**
 * WM_CLOSE to the top-level windows of processes, as if each were closed by hand: on the desktop of
 * this process, which its programs share.
 *
 * @returns pids of those that have a window
 */
export function closeWindows(pids: readonly number[]): readonly number[] {
  const wanted = new Set(pids)
  const reached = new Set<number>()
  eachWindow((window) => {
    const pid: [number] = [0]
    user32().GetWindowThreadProcessId(window, pid)
    if (!wanted.has(pid[0])) return
    if (user32().PostMessageW(window, WM_CLOSE, 0, 0)) reached.add(pid[0])
  })
  return [...reached]
}

/**
 * WM_QUIT to the threads of processes: it ends a message loop. PostThreadMessageW refuses a thread that
 * has no queue of messages.
 *
 * @returns pids of those that have a thread with one
 */
export function quitThreads(pids: readonly number[]): readonly number[] {
  const wanted = new Set(pids)
  const reached = new Set<number>()
  const api = kernel32()
  const snapshot: Handle = api.CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0)
  const entry = Buffer.alloc(THREAD_ENTRY_SIZE)
  entry.writeUInt32LE(entry.length, 0)
  try {
    for (let more = api.Thread32First(snapshot, entry); more; ) {
      const owner = entry.readUInt32LE(OWNER)
      const isReached =
        wanted.has(owner) && user32().PostThreadMessageW(entry.readUInt32LE(THREAD), WM_QUIT, 0, 0)
      if (isReached) reached.add(owner)
      more = api.Thread32Next(snapshot, entry)
    }
  } finally {
    close(snapshot)
  }
  return [...reached]
}

function eachWindow(use: (window: Handle) => void): void {
  if (enumerate === null) {
    const { load, pointer, proto } = koffi()
    const type = pointer(proto('int __stdcall SteadWindow(intptr_t window, intptr_t parameter)'))
    enumerate = load('user32.dll').func('__stdcall', 'EnumWindows', 'int', [type, 'intptr_t'])
  }
  enumerate((window: Handle) => {
    use(window)
    return 1
  }, 0)
}
let enumerate: ReturnType<ReturnType<ReturnType<typeof koffi>['load']>['func']> | null = null
