import type { Exit } from '../../model/exit.ts'

/** `si_code` of SIGCHLD, sigaction(2): what ExecMainCode holds. */
const CLD_EXITED = 1
const CLD_KILLED = 2
const CLD_DUMPED = 3

/** Names of signals by their number on x86, ARM and RISC-V, signal(7). */
const SIGNALS =
  'SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPWR SIGSYS'.split(
    ' ',
  )

/** What systemd's own exit codes mean: systemd.exec(5), "Process Exit Codes". A program may use them too. */
const MEANINGS: Readonly<Record<number, string>> = {
  200: 'its working directory cannot be entered (CHDIR)',
  202: 'its file descriptors cannot be set up (FDS)',
  203: 'its command cannot be executed (EXEC)',
  205: 'a resource limit cannot be set (LIMITS)',
  208: 'its standard input cannot be set up (STDIN)',
  209: 'its standard output cannot be set up (STDOUT)',
  214: 'its scheduling cannot be set (SETSCHEDULER)',
  216: 'its group cannot be taken on (GROUP)',
  217: 'its user cannot be taken on (USER)',
  218: 'its capabilities cannot be set (CAPABILITIES)',
  219: 'its cgroup cannot be set up (CGROUP)',
  226: 'its view of the file system cannot be set up (NAMESPACE)',
  227: 'new privileges cannot be forbidden (NO_NEW_PRIVILEGES)',
  228: 'its system-call filter cannot be set (SECCOMP)',
}

/** The name of a signal by its number, on Linux. */
export function signalName(number: number): string {
  const name = SIGNALS[number - 1]
  if (name !== undefined) return name
  return number >= 34 && number <= 64 ? `SIGRTMIN+${number - 34}` : `SIG${number}`
}

/** How a process ended, by ExecMainCode and ExecMainStatus; null where none has ended yet. */
export function exitOf(code: number, status: number): Exit | null {
  switch (code) {
    case 0:
      return null
    case CLD_EXITED:
      return { kind: 'code', code: status }
    case CLD_KILLED:
      return { kind: 'signal', signal: signalName(status) }
    case CLD_DUMPED:
      return { kind: 'signal', signal: signalName(status), coreDumped: true }
    default:
      return { kind: 'unknown' }
  }
}

/** What an exit code most likely means when systemd itself made it. */
export function meaningOf(exit: Exit): string | null {
  return exit.kind === 'code' ? (MEANINGS[exit.code] ?? null) : null
}
