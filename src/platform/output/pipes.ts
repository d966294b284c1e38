import { createRequire } from 'node:module'

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

/** Calls that node has not. Each returns what the manual says, or minus errno. */
export interface Pipes {
  /** splice(2) from a pipe to a file at `offset`, or to its own position with null. */
  splice(from: number, to: number, offset: number | null, length: number): number
  /** tee(2): copies without consuming. */
  tee(from: number, to: number, length: number): number
  /** The two ends of a new pipe, to read and to write. */
  pipe(): readonly [number, number]
  setCapacity(fd: number, bytes: number): number
  capacity(fd: number): number
  /** Bytes that wait in a pipe. */
  waiting(fd: number): number
  /** Whether a write to it would wait; for a pipe that is open for writing too. */
  isFull(fd: number): boolean
  epoll(): number
  /** Each new write is told once (EPOLLET), also when what came before was not read. */
  watchReadable(epoll: number, fd: number): number
  /** Told once, when it can be written to. */
  watchWritable(epoll: number, fd: number): number
  unwatch(epoll: number, fd: number): void
  /** Descriptors that something happened to; waits for `timeout` milliseconds, -1 for ever. */
  wait(epoll: number, timeout: number): readonly number[]
  /** eventfd(2), to be woken by. */
  eventfd(): number
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
  const add = (epoll: number, fd: number, mask: number): number => {
    event.writeUInt32LE(mask >>> 0, 0)
    event.writeInt32LE(fd, data)
    return control(epoll, EPOLL_CTL_ADD, fd, event)
  }

  return {
    splice(from, to, offset, length) {
      if (offset !== null) {
        position.writeUInt32LE(offset % 2 ** 32, 0)
        position.writeUInt32LE(Math.floor(offset / 2 ** 32), 4)
      }
      const at = offset === null ? null : position
      return splice(from, null, to, at, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
    },
    tee: (from, to, length) => tee(from, to, length, SPLICE_F_NONBLOCK),
    pipe() {
      const result = pipe2(number, O_CLOEXEC_NONBLOCK)
      if (result < 0) throw new Error(`pipe2 failed: errno ${-result}`)
      return [number.readInt32LE(0), number.readInt32LE(4)]
    },
    setCapacity: (fd, bytes) => fcntl(fd, F_SETPIPE_SZ, bytes),
    capacity: (fd) => fcntl(fd, F_GETPIPE_SZ, 0),
    waiting: (fd) => (ioctl(fd, FIONREAD, number) < 0 ? 0 : number.readInt32LE(0)),
    isFull(fd) {
      pollfd.writeInt32LE(fd, 0)
      pollfd.writeInt32LE(POLLOUT, 4)
      return poll(pollfd, 1, 0) === 0
    },
    epoll: () => create(EPOLL_CLOEXEC),
    watchReadable: (epoll, fd) => add(epoll, fd, EPOLLIN | EPOLLET),
    watchWritable: (epoll, fd) => {
      control(epoll, EPOLL_CTL_DEL, fd, event)
      return add(epoll, fd, EPOLLOUT | EPOLLONESHOT)
    },
    unwatch: (epoll, fd) => void control(epoll, EPOLL_CTL_DEL, fd, event),
    wait(epoll, timeout) {
      const count = wait(epoll, events, MOST_EVENTS, timeout)
      return Array.from({ length: Math.max(count, 0) }, (_, index) =>
        events.readInt32LE(index * size + data),
      )
    },
    eventfd: () => eventfd(0, EFD_FLAGS),
    mkfifo: (path, mode) => mkfifo(path, mode),
  }
}
