import { createRequire } from 'node:module'
import { SteadError } from '../../errors.ts'

/** <sys/epoll.h>, <sys/eventfd.h>, Linux. */
const EPOLL_CLOEXEC = 0o2000000
const EPOLLIN = 0x1
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_DEL = 2
const EFD_CLOEXEC = 0o2000000
const EFD_NONBLOCK = 0o4000
/** struct epoll_event is packed on x86 alone (epoll_ctl(2)): events, then 64 bits of ours. */
const [EVENT_SIZE, DATA_OFFSET] = ['x64', 'ia32'].includes(process.arch) ? [12, 4] : [16, 8]
const MAX_EVENTS = 64
/** The eventfd's own number; registrations count from 1. */
const WAKER = 0

/** Descriptors that Node cannot wait for (unix datagram sockets, pidfds), waited for without polling. */
export interface DescriptorWatch {
  /**
   * Calls back whenever the descriptor can be read, or its other side hung up. Whoever is called
   * reads all there is or removes it: it is called again as long as there is something.
   */
  add(fd: number, readable: () => void): void
  /** Calls back when the other side hung up or failed; false for what cannot be waited for, such as a file. */
  addHangUp(fd: number, gone: () => void): boolean
  /** No call comes any more, not even one on its way. To be done before the descriptor is closed. */
  remove(fd: number): void
  /** Removes all. Resolves when the thread that waited is free; the module's descriptors are closed. */
  close(): Promise<void>
}

/**
 * One epoll set, and one `epoll_wait` on a thread of libuv's pool: a thread is taken only while
 * something is registered, and meanwhile the event loop stays alive. `process.exit` is not held up.
 *
 * @throws PLATFORM_UNSUPPORTED elsewhere than on Linux
 */
export function descriptorWatch(): DescriptorWatch {
  if (process.platform !== 'linux') {
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: 'waiting for descriptors',
      platform: process.platform,
    })
  }
  const c = libc()
  const epoll = opened(c.epoll_create1(EPOLL_CLOEXEC), 'epoll_create1')
  const waker = opened(c.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), 'eventfd')
  const events = Buffer.alloc(EVENT_SIZE * MAX_EVENTS)
  const one = Buffer.alloc(8)
  one.writeBigUInt64LE(1n)
  const numbers = new Map<number, number>()
  const receivers = new Map<number, () => void>()
  let newest = WAKER
  let waiting = false
  let closing: PromiseWithResolvers<void> | null = null

  control(EPOLL_CTL_ADD, waker, WAKER)
  const wake = (): void => {
    if (waiting) c.write(waker, one, 8)
  }
  // The process cannot end before its pool threads return.
  process.on('exit', wake)

  function control(operation: number, fd: number, number: number, events = EPOLLIN): number {
    const event = Buffer.alloc(EVENT_SIZE)
    event.writeUInt32LE(events, 0)
    event.writeUInt32LE(number, DATA_OFFSET)
    return c.epoll_ctl(epoll, operation, fd, event)
  }

  function wait(): void {
    waiting = true
    c.epoll_wait.async(epoll, events, MAX_EVENTS, -1, (_error, count) => {
      waiting = false
      // A failed wait (EINTR) counts -1 and is begun anew.
      const ready = Array.from({ length: Math.max(0, count) }, (_, index) =>
        events.readUInt32LE(index * EVENT_SIZE + DATA_OFFSET),
      )
      try {
        for (const number of ready) {
          if (number === WAKER) c.read(waker, Buffer.alloc(8), 8)
          // Looked up at the last moment: an earlier one of this round may have removed it.
          else receivers.get(number)?.()
        }
      } finally {
        goOn()
      }
    })
  }

  function goOn(): void {
    if (receivers.size > 0) {
      if (!waiting) wait()
    } else if (waiting) {
      wake()
    } else if (closing !== null) {
      process.off('exit', wake)
      c.close(waker)
      c.close(epoll)
      closing.resolve()
    }
  }

  return {
    add(fd, readable) {
      if (closing !== null) throw new Error('the watch is closed')
      newest += 1
      opened(control(EPOLL_CTL_ADD, fd, newest), `epoll_ctl of descriptor ${fd}`)
      numbers.set(fd, newest)
      receivers.set(newest, readable)
      goOn()
    },
    addHangUp(fd, gone) {
      if (closing !== null) return false
      newest += 1
      // EPOLLHUP and EPOLLERR are told whether asked for or not (epoll_ctl(2)).
      if (control(EPOLL_CTL_ADD, fd, newest, 0) !== 0) return false
      numbers.set(fd, newest)
      receivers.set(newest, gone)
      goOn()
      return true
    },
    remove(fd) {
      const number = numbers.get(fd)
      if (number === undefined) return
      numbers.delete(fd)
      receivers.delete(number)
      control(EPOLL_CTL_DEL, fd, number)
      if (receivers.size === 0) goOn()
    },
    close() {
      if (closing !== null) return closing.promise
      closing = Promise.withResolvers<void>()
      receivers.clear()
      numbers.clear()
      goOn()
      return closing.promise
    },
  }
}

function opened(result: number, what: string): number {
  if (result < 0) throw new Error(`${what} failed`)
  return result
}

type EpollWait = {
  async(
    epoll: number,
    events: Buffer,
    count: number,
    timeout: number,
    done: (error: unknown, count: number) => void,
  ): void
}

interface Libc {
  epoll_create1(flags: number): number
  epoll_ctl(epoll: number, operation: number, fd: number, event: Buffer): number
  eventfd(initial: number, flags: number): number
  write(fd: number, data: Buffer, length: number): number
  read(fd: number, data: Buffer, length: number): number
  close(fd: number): number
  epoll_wait: EpollWait
}

let bindings: Libc | null = null

function libc(): Libc {
  if (bindings === null) {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const c = koffi.load(null)
    bindings = {
      epoll_create1: c.func('int epoll_create1(int flags)') as Libc['epoll_create1'],
      epoll_ctl: c.func(
        'int epoll_ctl(int epoll, int operation, int fd, const void *event)',
      ) as Libc['epoll_ctl'],
      eventfd: c.func('int eventfd(unsigned int initial, int flags)') as Libc['eventfd'],
      write: c.func('intptr_t write(int fd, const void *data, size_t length)') as Libc['write'],
      read: c.func('intptr_t read(int fd, void *data, size_t length)') as Libc['read'],
      close: c.func('int close(int fd)') as Libc['close'],
      epoll_wait: c.func(
        'int epoll_wait(int epoll, void *events, int count, int timeout)',
      ) as unknown as EpollWait,
    }
  }
  return bindings
}
