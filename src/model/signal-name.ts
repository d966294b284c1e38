/** Signals that a program can be sent, by name: those of POSIX signal.h and of Linux signal(7). */
export const SIGNAL_NAMES = [
  'SIGABRT',
  'SIGALRM',
  'SIGBUS',
  'SIGCHLD',
  'SIGCONT',
  'SIGFPE',
  'SIGHUP',
  'SIGILL',
  'SIGINT',
  'SIGIO',
  'SIGKILL',
  'SIGPIPE',
  'SIGPROF',
  'SIGPWR',
  'SIGQUIT',
  'SIGSEGV',
  'SIGSTKFLT',
  'SIGSTOP',
  'SIGSYS',
  'SIGTERM',
  'SIGTRAP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGUSR1',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGWINCH',
  'SIGXCPU',
  'SIGXFSZ',
] as const

const KNOWN: ReadonlySet<string> = new Set(SIGNAL_NAMES)

/**
 * What asks a program of Windows to end, as signals do elsewhere: Ctrl-C and Ctrl-Break in its console
 * (GenerateConsoleCtrlEvent), WM_CLOSE to its windows, WM_QUIT to its message loops. SIGKILL ends it
 * (TerminateJobObject).
 */
export const WINDOWS_SIGNALS = ['CTRL_C', 'CTRL_BREAK', 'WM_CLOSE', 'WM_QUIT'] as const

export type WindowsSignal = (typeof WINDOWS_SIGNALS)[number]

export function isWindowsSignal(name: string): name is WindowsSignal {
  return (WINDOWS_SIGNALS as readonly string[]).includes(name)
}

/**
 * The full name of a signal that was written with or without `SIG`, in any case: `term` → `SIGTERM`,
 * `ctrl_c` → `CTRL_C`.
 *
 * @returns null for what is no signal's name; numbers differ between systems and are none
 */
export function signalName(text: string): string | null {
  const upper = text.toUpperCase()
  if (isWindowsSignal(upper)) return upper
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`
  return KNOWN.has(full) ? full : null
}
