import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'

/** <fcntl.h> */
const F_SETFD = 2
const FD_CLOEXEC = 1

/**
 * Keeps what this process inherited from going on to programs that node starts: node marks only what
 * it opened itself. Nothing is done where fcntl(2) cannot be called.
 */
export function keepInheritedDescriptors(): void {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const fcntl = koffi.load(null).func('int fcntl(int fd, int command, ...)')
    for (const name of readdirSync('/proc/self/fd')) {
      if (Number(name) > 2) fcntl(Number(name), F_SETFD, 'int', FD_CLOEXEC)
    }
  } catch {
    // No koffi, no /proc: this is the spawner for such systems.
  }
}
