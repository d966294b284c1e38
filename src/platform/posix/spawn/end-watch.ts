import type { ProcessIdentity } from '../../../model/ports/spawner.ts'
import { type DescriptorWatch, descriptorWatch } from '../descriptor-watch.ts'
import { processEntry } from './proc-table.ts'
import type { PidDescriptors } from './send-signal.ts'

/** Where the kernel has no pidfd. */
const POLL_MS = 1000

/** Tells the end of processes that are not our children. */
export interface EndWatch {
  /** `ended` comes once, later; false where the process is gone already. */
  watch(identity: ProcessIdentity, ended: () => void): boolean
  close(): void
}

function lives({ pid, birth }: ProcessIdentity): boolean {
  const entry = processEntry(pid)
  return entry !== null && !entry.zombie && entry.birth === birth
}

/** By pidfds, which become readable at the end of their process (pidfd_open(2)). */
export function pidfdEndWatch(descriptors: PidDescriptors): EndWatch {
  const plain = pollingEndWatch()
  const watched = new Set<number>()
  let watch: DescriptorWatch | null = null

  const letGo = (pidfd: number): void => {
    watched.delete(pidfd)
    watch?.remove(pidfd)
    descriptors.close(pidfd)
  }

  return {
    watch(identity, ended) {
      const pidfd = descriptors.open(identity.pid)
      if (!lives(identity)) {
        if (pidfd >= 0) descriptors.close(pidfd)
        return false
      }
      if (pidfd < 0) return plain.watch(identity, ended)
      watch ??= descriptorWatch()
      watch.add(pidfd, () => {
        letGo(pidfd)
        ended()
      })
      watched.add(pidfd)
      return true
    },
    close() {
      plain.close()
      for (const pidfd of [...watched]) letGo(pidfd)
      void watch?.close()
      watch = null
    },
  }
}

/** Looks every second, where there is nothing better; does not keep the process alive. */
export function pollingEndWatch(): EndWatch {
  const watched = new Map<() => void, ProcessIdentity>()
  let timer: NodeJS.Timeout | null = null
  const stop = (): void => {
    if (timer !== null) clearInterval(timer)
    timer = null
  }
  const look = (): void => {
    for (const [ended, identity] of watched) {
      if (lives(identity)) continue
      watched.delete(ended)
      if (watched.size === 0) stop()
      ended()
    }
  }
  return {
    watch(identity, ended) {
      if (!lives(identity)) return false
      watched.set(() => ended(), identity)
      timer ??= setInterval(look, POLL_MS).unref()
      return true
    },
    close() {
      watched.clear()
      stop()
    },
  }
}
