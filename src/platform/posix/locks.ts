import { constants } from 'node:fs'
import { type FileHandle, open, stat, unlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { HeldLock, Locks } from '../../model/ports/locks.ts'

/** <sys/file.h>: exclusive, do not wait. */
const LOCK_EX = 2
const LOCK_NB = 4

/** Locks by flock(2), which the kernel drops with the last descriptor of the file. */
export function locks(): Locks {
  return {
    async acquire(path) {
      for (;;) {
        // O_CLOEXEC is what Node opens with: a child never inherits the lock.
        const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
        if (!flock(file.fd)) {
          const holder = Number((await file.readFile('utf8').catch(() => '')).trim())
          await file.close()
          return { lock: null, holder: Number.isInteger(holder) && holder > 0 ? holder : null }
        }
        // The former holder may have unlinked the file between our open and our lock.
        if (await isStill(path, file)) {
          await file.truncate(0)
          await file.write(`${process.pid}\n`, 0)
          return { lock: heldLock(path, file), holder: null }
        }
        await file.close()
      }
    },
  }
}

function heldLock(path: string, file: FileHandle): HeldLock {
  return {
    async release() {
      await unlink(path).catch(() => {})
      await file.close()
    },
  }
}

async function isStill(path: string, file: FileHandle): Promise<boolean> {
  const [there, mine] = await Promise.all([stat(path).catch(() => null), file.stat()])
  return there !== null && there.ino === mine.ino && there.dev === mine.dev
}

type Flock = (fd: number, operation: number) => number
let flockCall: Flock | null = null

function flock(fd: number): boolean {
  if (flockCall === null) {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    flockCall = koffi.load(null).func('int flock(int fd, int operation)') as Flock
  }
  return flockCall(fd, LOCK_EX | LOCK_NB) === 0
}
