import { checked, koffi } from '../win32-error.ts'
import { close, type Handle, kernel32 } from './kernel32.ts'

const INFINITE = 0xffffffff
const WT_EXECUTEONLYONCE = 0x8

/** Tells of the ends of processes without asking for them again and again. */
export interface ExitWatch {
  /** `ended` is called once with the exit code, never before this has returned. The handle is the watch's from now on. */
  add(process: Handle, ended: (code: number) => void): void
  close(): void
}

/**
 * By RegisterWaitForSingleObject: the thread pool of Windows waits, one thread for 63 processes, and
 * its call comes to the event loop by koffi. Blocking calls of WaitForMultipleObjects would each
 * occupy one of the four threads that Node has for files and names, and a completion port one for
 * good. A wait does not keep the event loop alive.
 */
export function exitWatch(): ExitWatch {
  const mine = new Set<number>()
  return {
    add(process, ended) {
      count += 1
      const key = count
      const wait: [Handle] = [0]
      checked(
        'RegisterWaitForSingleObject',
        kernel32().RegisterWaitForSingleObject(
          wait,
          process,
          callback(),
          key,
          INFINITE,
          WT_EXECUTEONLYONCE,
        ),
      )
      mine.add(key)
      waits.set(key, {
        wait: wait[0],
        process,
        ended(code) {
          mine.delete(key)
          ended(code)
        },
      })
    },
    close() {
      for (const key of mine) forget(key)
      mine.clear()
    },
  }
}

interface Wait {
  readonly wait: Handle
  readonly process: Handle
  readonly ended: (code: number) => void
}

const waits = new Map<number, Wait>()
let count = 0

/** Unknown keys are those of a watch that was closed while its call was on the way. */
function finish(key: number): void {
  const one = waits.get(key)
  if (one === undefined) return
  const code: [number] = [0]
  kernel32().GetExitCodeProcess(one.process, code)
  forget(key)
  one.ended(code[0] >>> 0)
}

function forget(key: number): void {
  const one = waits.get(key)
  if (one === undefined) return
  waits.delete(key)
  // Returns at once, also from within the call that it ends.
  kernel32().UnregisterWait(one.wait)
  close(one.process)
}

/** One for the whole process, and for good: a call may be on its way at any time. */
function callback(): bigint | number {
  if (registered === null) {
    const { register, pointer, proto } = koffi()
    const type = pointer(proto('void __stdcall SteadProcessEnded(uintptr_t key, uint8_t timedOut)'))
    registered = register((key: number | bigint) => finish(Number(key)), type)
  }
  return registered
}
let registered: ReturnType<ReturnType<typeof koffi>['register']> | null = null
