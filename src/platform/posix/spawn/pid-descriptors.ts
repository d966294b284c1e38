import { closeSync } from 'node:fs'
import type { Libc } from './libc.ts'
import type { PidDescriptors } from './send-signal.ts'

/** <asm/unistd.h>; the same number on every architecture, as all calls since Linux 5.1. */
const SYS_PIDFD_SEND_SIGNAL = 424
const SYS_PIDFD_OPEN = 434

/** pidfd_open(2) and pidfd_send_signal(2): Linux 5.3. Before that `open` answers with -1. */
export function pidDescriptors(libc: Libc): PidDescriptors {
  return {
    open: (pid) => libc.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0),
    signal: (pidfd, signal) => libc.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0) === 0,
    close: (pidfd) => closeSync(pidfd),
  }
}
