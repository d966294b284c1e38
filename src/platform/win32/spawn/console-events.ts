import { bind, koffi } from '../win32-error.ts'

/** <wincon.h> */
export const CTRL_C_EVENT = 0
export const CTRL_BREAK_EVENT = 1

const kernel32 = bind('kernel32.dll', {
  AttachConsole: 'int __stdcall AttachConsole(uint32_t pid)',
  FreeConsole: 'int __stdcall FreeConsole()',
  GetConsoleProcessList: 'uint32_t __stdcall GetConsoleProcessList(void *pids, uint32_t count)',
  GenerateConsoleCtrlEvent:
    'int __stdcall GenerateConsoleCtrlEvent(uint32_t event, uint32_t group)',
  SetConsoleCtrlHandler: 'int __stdcall SetConsoleCtrlHandler(void *handler, int add)',
})

/** Whether this process has a console: a terminal it runs in, or the one that Windows gave a service. */
export function hasConsole(): boolean {
  return consoleProcesses().length > 0
}

/**
 * Lets programs that are started from here hear Ctrl-C. What Node starts `detached`, as a guard that
 * lives on, is in a process group of its own, in which Ctrl-C is ignored; that is inherited
 * (CREATE_NEW_PROCESS_GROUP of "Process Creation Flags", Microsoft Learn).
 */
export function hearCtrlC(): void {
  kernel32().SetConsoleCtrlHandler(null, 0)
}

/** Leaves the console for good; what was written to it goes nowhere from now on. */
export function leaveConsole(): void {
  kernel32().FreeConsole()
}

/**
 * Raises Ctrl-C or Ctrl-Break in the consoles of processes. Only a process without a console may do so:
 * it attaches to each console in turn, and what is raised there reaches all that share it, and itself
 * (GenerateConsoleCtrlEvent; a Ctrl-C cannot be aimed at one process or group).
 *
 * @returns those of `pids` whose console it was raised in; others have none, or are gone
 */
export function raiseInConsoles(pids: readonly number[], event: number): readonly number[] {
  const api = kernel32()
  const reached = new Set<number>()
  keepOffOwnEvents()
  for (const pid of pids) {
    if (reached.has(pid) || !api.AttachConsole(pid)) continue
    try {
      const there = consoleProcesses()
      if (!api.GenerateConsoleCtrlEvent(event, 0)) continue
      for (const one of there) reached.add(one)
    } finally {
      api.FreeConsole()
    }
  }
  return pids.filter((pid) => reached.has(pid))
}

function consoleProcesses(): readonly number[] {
  for (let room = 64; ; room *= 4) {
    const pids = new Uint32Array(room)
    const count = kernel32().GetConsoleProcessList(pids, room) as number
    if (count <= room) return [...pids.subarray(0, count)]
  }
}

/**
 * An event that this process raised comes to it as well, on a thread of its own and later than the call
 * returns; a process that has no console gets no others. The handler is a function of Windows that
 * ignores its argument and never returns zero, "it is handled": one of ours would wait for this
 * thread while it holds the lock that FreeConsole takes. SetConsoleCtrlHandler(NULL, TRUE) does
 * nothing about Ctrl-Break, and programs started from here would inherit it.
 */
function keepOffOwnEvents(): void {
  if (isKeptOff) return
  isKeptOff = true
  kernel32().SetConsoleCtrlHandler(koffi().load('kernel32.dll').symbol('GetCurrentProcessId'), 1)
}
let isKeptOff = false
