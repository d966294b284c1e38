import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ThreadPipes } from './thread-pipes.ts'

/** <fcntl.h>, <sys/epoll.h>, <sys/eventfd.h>, <asm-generic/ioctls.h>, Linux. */
const SPLICE_F_MOVE = 1
const SPLICE_F_NONBLOCK = 2
const F_SETPIPE_SZ = 1031
const F_GETPIPE_SZ = 1032
const EPOLL_CLOEXEC = 0o2000000
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_DEL = 2
const EPOLLIN = 0x001
const EPOLLOUT = 0x004
const EPOLLONESHOT = 1 << 30
const EPOLLET = 1 << 31
const EFD_FLAGS = 0o2000000 | 0o4000
const O_CLOEXEC_NONBLOCK = 0o2000000 | 0o4000
const FIONREAD = 0x541b
const POLLOUT = 4
const MOST_EVENTS = 64

/** <asm-generic/errno-base.h>; calls here give them back negated. */
export const EAGAIN = 11
export const EINTR = 4
export const EINVAL = 22

/** The pipes of the output thread on Linux, and the calls that node has not. Each returns what the manual says, or minus errno. */
export interface Pipes extends ThreadPipes {
  readonly splice: NonNullable<ThreadPipes['splice']>
  capacity(fd: number): number
  mkfifo(path: string, mode: number): number
}

type Call = (...args: (number | string | Buffer | null)[]) => number

let loaded: Pipes | null = null

/** Loads koffi at the first call of a thread. */
export function linuxPipes(): Pipes {
  loaded ??= bind()
  return loaded
}

function bind(): Pipes {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const library = koffi.load(null)
  const call = (signature: string): Call => {
    const bound = library.func(signature) as Call
    return (...args) => {
      const result = bound(...args)
      return result < 0 ? -koffi.errno() : result
    }
  }
  const splice = call(
    'intptr_t splice(int from, void *offset, int to, void *at, size_t length, uint32_t flags)',
  )
  const tee = call('intptr_t tee(int from, int to, size_t length, uint32_t flags)')
  const fcntl = call('int fcntl(int fd, int command, intptr_t value)')
  const ioctl = call('int ioctl(int fd, unsigned long request, void *value)')
  const poll = call('int poll(void *fds, unsigned long count, int timeout)')
  const pipe2 = call('int pipe2(void *fds, int flags)')
  const create = call('int epoll_create1(int flags)')
  const control = call('int epoll_ctl(int epoll, int operation, int fd, void *event)')
  const wait = call('int epoll_wait(int epoll, void *events, int most, int timeout)')
  const eventfd = call('int eventfd(uint32_t value, int flags)')
  const mkfifo = call('int mkfifo(const char *path, uint32_t mode)')

  // struct epoll_event is packed on x86-64 alone.
  const data = process.arch === 'x64' ? 4 : 8
  const size = data + 8
  const events = Buffer.alloc(size * MOST_EVENTS)
  const event = Buffer.alloc(size)
  const position = Buffer.alloc(8)
  const pollfd = Buffer.alloc(8)
  const number = Buffer.alloc(8)
  const one = Buffer.alloc(8)
  one.writeUInt8(1, 0)
  const add = (epoll: number, fd: number, mask: number): number => {
    event.writeUInt32LE(mask >>> 0, 0)
    event.writeInt32LE(fd, data)
    return control(epoll, EPOLL_CTL_ADD, fd, event)
  }

  /** Through which bytes are copied by tee(2). */
  let copy: { readonly from: number; readonly to: number; readonly capacity: number } | null = null
  /** /dev/null, for writing: what is consumed goes there. */
  let nothing: number | null = null

  function copyPipe(capacity: number): { readonly from: number; readonly to: number } {
    if (copy !== null && copy.capacity >= capacity) return copy
    if (copy !== null) for (const fd of [copy.from, copy.to]) closeSync(fd)
    const result = pipe2(number, O_CLOEXEC_NONBLOCK)
    if (result < 0) throw new Error(`pipe2 failed: errno ${-result}`)
    copy = { from: number.readInt32LE(0), to: number.readInt32LE(4), capacity }
    fcntl(copy.to, F_SETPIPE_SZ, capacity)
    return copy
  }

  return {
    peek(fd, into, most) {
      const { from, to } = copyPipe(most)
      const copied = tee(fd, to, most, SPLICE_F_NONBLOCK)
      for (let read = 0; read < copied; ) read += readSync(from, into, read, copied - read, null)
      return copied
    },
    consume(fd, bytes) {
      nothing ??= openSync('/dev/null', 'w')
      for (let left = bytes; left > 0; ) {
        const gone = splice(fd, null, nothing, null, left, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
        if (gone <= 0) throw new Error(`bytes of a FIFO that were there are not: errno ${-gone}`)
        left -= gone
      }
    },
    splice(from, to, offset, length) {
      position.writeUInt32LE(offset % 2 ** 32, 0)
      position.writeUInt32LE(Math.floor(offset / 2 ** 32), 4)
      return splice(from, null, to, position, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
    },
    setCapacity: (fd, bytes) => fcntl(fd, F_SETPIPE_SZ, bytes),
    capacity: (fd) => fcntl(fd, F_GETPIPE_SZ, 0),
    waiting: (fd) => (ioctl(fd, FIONREAD, number) < 0 ? 0 : number.readInt32LE(0)),
    isFull(fd) {
      pollfd.writeInt32LE(fd, 0)
      pollfd.writeInt32LE(POLLOUT, 4)
      return poll(pollfd, 1, 0) === 0
    },
    waker: () => eventfd(0, EFD_FLAGS),
    wake: (waker) => void writeSync(waker, one),
    calm: (waker) => void readSync(waker, number, 0, 8, null),
    watching(waker) {
      const epoll = create(EPOLL_CLOEXEC)
      add(epoll, waker, EPOLLIN | EPOLLET)
      return epoll
    },
    watchReadable: (epoll, fd) => void add(epoll, fd, EPOLLIN | EPOLLET),
    watchWritable(epoll, fd) {
      control(epoll, EPOLL_CTL_DEL, fd, event)
      add(epoll, fd, EPOLLOUT | EPOLLONESHOT)
    },
    unwatch: (epoll, fd) => void control(epoll, EPOLL_CTL_DEL, fd, event),
    wait(epoll, timeout) {
      const count = wait(epoll, events, MOST_EVENTS, timeout)
      return Array.from({ length: Math.max(count, 0) }, (_, index) =>
        events.readInt32LE(index * size + data),
      )
    },
    closeWatching: closeSync,
    mkfifo: (path, mode) => mkfifo(path, mode),
  }
}
