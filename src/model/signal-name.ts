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
 * The full name of a signal that was written with or without `SIG`, in any case: `term` → `SIGTERM`.
 *
 * @returns null for what is no signal's name; numbers differ between systems and are none
 */
export function signalName(text: string): string | null {
  const upper = text.toUpperCase()
  const full = upper.startsWith('SIG') ? upper : `SIG${upper}`
  return KNOWN.has(full) ? full : null
}
