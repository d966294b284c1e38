import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { SteadError } from '../../errors.ts'
import type { LineRecord } from '../../sinks/line-record.ts'
import type { SinkTransport } from './sink-transport.ts'

/** <sys/socket.h>, <asm-generic/socket.h>, Linux. */
const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOCK_NONBLOCK = 0o4000
const SOL_SOCKET = 1
const SO_SNDBUF = 7
const SCM_RIGHTS = 1
const MSG_NOSIGNAL = 0x4000
/** <asm-generic/errno.h>. */
const EAGAIN = 11
const EINTR = 4
const EMSGSIZE = 90
const ENOBUFS = 105
const NAMES: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  13: 'EACCES',
  90: 'EMSGSIZE',
  107: 'ENOTCONN',
  111: 'ECONNREFUSED',
}
/** <linux/memfd.h>, <linux/fcntl.h>: all seals, as journald asks for (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
const MFD_FLAGS = 1 | 2
const F_ADD_SEALS = 1033
const ALL_SEALS = 1 | 2 | 4 | 8
/** What sd_journal_send(3) asks for; the kernel gives what net.core.wmem_max allows. */
const SEND_BUFFER = 8 * 1024 * 1024
/** sun_path, unix(7): 108 bytes, the closing NUL among them. */
const PATH_MAX = 108
/** struct msghdr of 64 bits, and struct cmsghdr with one descriptor. */
const MSGHDR = { size: 56, name: 0, namelen: 8, control: 32, controllen: 40 }
const CMSG = { length: 20, size: 24 }
/** A receiver whose queue is full for so long is down. */
const FULL_FOR = 5_000
const LONGEST_PAUSE = 50

export interface DatagramOptions {
  /** What is too long for a datagram goes as a sealed file, which journald takes. */
  readonly memfd: boolean
  /** Bytes of SO_SNDBUF. */
  readonly sendBuffer?: number
}

/** Datagrams to a unix socket. Node has none, so libc is called. Never waits in a call. */
export function datagramTransport(
  path: string,
  encode: (record: LineRecord) => readonly Buffer[],
  { memfd, sendBuffer = SEND_BUFFER }: DatagramOptions,
): SinkTransport {
  if (process.platform !== 'linux') {
    throw new SteadError('PLATFORM_UNSUPPORTED', {
      feature: 'unix datagrams',
      platform: process.platform,
    })
  }
  const c = libc()
  const address = addressOf(path)
  const fd = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
  if (fd < 0) throw new Error(`no socket: errno ${-fd}`)
  const size = Buffer.alloc(4)
  size.writeInt32LE(sendBuffer)
  c.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, size, 4)
  let closed = false

  function sendOne(message: Buffer): number {
    const sent = c.sendto(fd, message, message.length, MSG_NOSIGNAL, address, address.length)
    return sent === -EMSGSIZE && memfd ? sendSealed(message) : sent
  }

  function sendSealed(message: Buffer): number {
    const file = c.memfd('stead-line', MFD_FLAGS)
    if (file < 0) return file
    try {
      for (let at = 0; at < message.length; ) at += writeSync(file, message, at)
      c.fcntl(file, F_ADD_SEALS, ALL_SEALS)
      return c.sendDescriptor(fd, address, file)
    } finally {
      c.close(file)
    }
  }

  /** Minus errno, or what was sent; waits while the receiver's queue is full. */
  async function patiently(message: Buffer): Promise<number> {
    const until = performance.now() + FULL_FOR
    for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const sent = closed ? -EAGAIN : sendOne(message)
      const full = sent === -EAGAIN || sent === -ENOBUFS || sent === -EINTR
      if (!full || closed || performance.now() > until) return sent
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  return {
    async send(batch) {
      for (const [count, record] of batch.entries()) {
        for (const message of encode(record)) {
          const sent = await patiently(message)
          if (sent >= 0) continue
          const full = sent === -EAGAIN || sent === -ENOBUFS
          const why = full ? 'its queue is full' : (NAMES[-sent] ?? `errno ${-sent}`)
          return { kind: 'part', count, why }
        }
      }
      return { kind: 'done' }
    },
    close() {
      if (!closed) c.close(fd)
      closed = true
    },
  }
}

/** struct sockaddr_un: the family in host byte order, then the path. */
function addressOf(path: string): Buffer {
  const name = Buffer.from(`${path}\0`)
  if (name.length > PATH_MAX) throw new Error(`the path of a socket is too long: ${path}`)
  const family = Buffer.alloc(2)
  new DataView(family.buffer, family.byteOffset).setUint16(0, AF_UNIX, true)
  return Buffer.concat([family, name])
}

/** Each gives back minus errno where it fails. */
interface Libc {
  socket(domain: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, option: number, value: Buffer, size: number): number
  sendto(fd: number, data: Buffer, length: number, flags: number, to: Buffer, size: number): number
  memfd(name: string, flags: number): number
  fcntl(fd: number, command: number, value: number): number
  /** A datagram that is a descriptor and no bytes: sendmsg(2), cmsg(3). */
  sendDescriptor(fd: number, to: Buffer, descriptor: number): number
  close(fd: number): number
}

let bindings: Libc | null = null

function libc(): Libc {
  bindings ??= bindLibc()
  return bindings
}

function bindLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const c = koffi.load(null)
  const call = (signature: string): ((...args: (number | string | Buffer)[]) => number) => {
    const bound = c.func(signature) as (...args: (number | string | Buffer)[]) => number
    return (...args) => {
      const result = Number(bound(...args))
      return result < 0 ? -koffi.errno() : result
    }
  }
  const sendmsg = call('intptr_t sendmsg(int fd, const void *header, int flags)')
  return {
    socket: call('int socket(int domain, int type, int protocol)'),
    setsockopt: call(
      'int setsockopt(int fd, int level, int option, const void *value, uint32_t size)',
    ),
    sendto: call(
      'intptr_t sendto(int fd, const void *data, size_t length, int flags, const void *to, uint32_t size)',
    ),
    memfd: call('int memfd_create(const char *name, uint32_t flags)'),
    fcntl: call('int fcntl(int fd, int command, intptr_t value)'),
    close: call('int close(int fd)'),
    sendDescriptor(fd, to, descriptor) {
      const control = Buffer.alloc(CMSG.size)
      control.writeBigUInt64LE(BigInt(CMSG.length), 0)
      control.writeInt32LE(SOL_SOCKET, 8)
      control.writeInt32LE(SCM_RIGHTS, 12)
      control.writeInt32LE(descriptor, 16)
      const header = Buffer.alloc(MSGHDR.size)
      header.writeBigUInt64LE(BigInt(koffi.address(to)), MSGHDR.name)
      header.writeUInt32LE(to.length, MSGHDR.namelen)
      header.writeBigUInt64LE(BigInt(koffi.address(control)), MSGHDR.control)
      header.writeBigUInt64LE(BigInt(control.length), MSGHDR.controllen)
      return sendmsg(fd, header, MSG_NOSIGNAL)
    },
  }
}
