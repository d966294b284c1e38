import { closeSync, writeSync } from 'node:fs'
import type { ProcessIdentity } from '../../../model/ports/spawner.ts'
import type { Libc } from './libc.ts'
import { processEntry } from './proc-table.ts'
import type { PidDescriptors } from './send-signal.ts'

/** <sys/epoll.h>, <sys/eventfd.h>, Linux. */
const EPOLL_CLOEXEC = 0o2000000
const EPOLL_CTL_ADD = 1
const EPOLLIN = 1
const EFD_CLOEXEC = 0o2000000
/** struct epoll_event is packed on x86-64 alone: epoll_event(3type). */
const DATA = process.arch === 'x64' ? 4 : 8
const EVENT_SIZE = DATA + 8
const MOST_EVENTS = 64
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

/**
 * By pidfds, which become readable at the end of their process (pidfd_open(2)), in one epoll set.
 * Node polls no foreign descriptor, so one thread of its pool waits for the set, only as long as
 * there is something to wait for; an eventfd wakes it when the watch or the process ends.
 */
export function pidfdEndWatch(libc: Libc, descriptors: PidDescriptors): EndWatch {
  const watched = new Map<number, { readonly ended: () => void }>()
  const plain = pollingEndWatch()
  const events = Buffer.alloc(EVENT_SIZE * MOST_EVENTS)
  let set = -1
  let waker = -1
  let isWaiting = false
  let isClosed = false

  const add = (fd: number): boolean => {
    const event = Buffer.alloc(EVENT_SIZE)
    event.writeUInt32LE(EPOLLIN, 0)
    event.writeInt32LE(fd, DATA)
    return libc.epoll_ctl(set, EPOLL_CTL_ADD, fd, event) === 0
  }

  const open = (): void => {
    if (set >= 0) return
    set = libc.epoll_create1(EPOLL_CLOEXEC)
    waker = libc.eventfd(0, EFD_CLOEXEC)
    add(waker)
    // The threads of the pool are joined when the process exits.
    process.on('exit', wake)
  }

  const wake = (): void => {
    if (isWaiting) writeSync(waker, new Uint8Array(new BigUint64Array([1n]).buffer))
  }

  const release = (): void => {
    if (set < 0) return
    process.off('exit', wake)
    for (const pidfd of watched.keys()) descriptors.close(pidfd)
    watched.clear()
    closeSync(set)
    closeSync(waker)
    set = -1
  }

  const wait = (): void => {
    if (isWaiting) return
    isWaiting = true
    libc.epoll_wait.async(set, events, MOST_EVENTS, -1, (_error, count) => {
      isWaiting = false
      if (isClosed) {
        release()
        return
      }
      const ended: (() => void)[] = []
      for (let index = 0; index < count; index += 1) {
        const fd = events.readInt32LE(index * EVENT_SIZE + DATA)
        const one = watched.get(fd)
        if (one === undefined) continue
        watched.delete(fd)
        descriptors.close(fd)
        ended.push(one.ended)
      }
      if (watched.size > 0) wait()
      for (const one of ended) one()
    })
  }

  return {
    watch(identity, ended) {
      const pidfd = descriptors.open(identity.pid)
      if (!lives(identity)) {
        if (pidfd >= 0) descriptors.close(pidfd)
        return false
      }
      if (pidfd < 0) return plain.watch(identity, ended)
      open()
      if (!add(pidfd)) {
        descriptors.close(pidfd)
        return plain.watch(identity, ended)
      }
      watched.set(pidfd, { ended })
      wait()
      return true
    },
    close() {
      isClosed = true
      plain.close()
      if (isWaiting) wake()
      else release()
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
