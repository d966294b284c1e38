import { createRequire } from 'node:module'
import type { NoticeSender } from '../../model/ports/program-notices.ts'

/** <sys/socket.h>, Linux. */
const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOCK_NONBLOCK = 0o4000
const SOL_SOCKET = 1
const SO_PASSCRED = 16
const SCM_RIGHTS = 1
const SCM_CREDENTIALS = 2
const MSG_CMSG_CLOEXEC = 0x40000000
const MSG_TRUNC = 0x20
/** sun_path, unix(7): 108 bytes, the closing NUL among them. */
const PATH_MAX = 108
/** As systemd bounds it (NOTIFY_BUFFER_MAX); what is longer is discarded whole. */
const LONGEST = 4096
/** struct msghdr, 64 bits: name, namelen, iov, iovlen, control, controllen, flags. */
const MSGHDR = { size: 56, iov: 16, iovlen: 24, control: 32, controllen: 40, flags: 48 }
/** struct cmsghdr: len, level, type; the data follow at 16. struct ucred: pid, uid, gid. */
const CMSG = { level: 8, type: 12, data: 16 }
/** struct ucred, and 253 descriptors (SCM_MAX_FD, unix(7)), each behind a header and aligned. */
const CONTROL_SIZE = 32 + 16 + 1016

export interface Received {
  readonly text: string
  readonly sender: NoticeSender
  /** That came along (SCM_RIGHTS); whoever receives them closes them. */
  readonly descriptors: readonly number[]
}

/** The receiving end of sd_notify(3), bound to a path. Node has no unix datagram socket. */
export interface NotifyListener {
  /** To be waited for with a `DescriptorWatch`. */
  readonly fd: number
  /** The next datagram that is there already; null when there is none. Never waits. */
  receive(): Received | null
  /** The file stays: whoever made the place removes it. */
  close(): void
}

/**
 * @param path is not there yet
 * @throws where it cannot be bound: too long, there already, no right to
 */
export function notifyListener(path: string): NotifyListener {
  const c = libc()
  const name = Buffer.from(`${path}\0`)
  if (name.length > PATH_MAX) throw new Error(`the path of a socket is too long: ${path}`)
  const family = Buffer.alloc(2)
  new DataView(family.buffer, family.byteOffset).setUint16(0, AF_UNIX, true)
  const address = Buffer.concat([family, name])
  const fd = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
  const on = Buffer.alloc(4)
  on.writeInt32LE(1)
  if (
    fd < 0 ||
    c.setsockopt(fd, SOL_SOCKET, SO_PASSCRED, on, 4) !== 0 ||
    c.bind(fd, address, address.length) !== 0
  ) {
    const errno = c.errno()
    if (fd >= 0) c.close(fd)
    throw new Error(`cannot bind the socket ${path}: errno ${errno}`)
  }
  let open = true
  return {
    fd,
    receive() {
      while (open) {
        const length = c.recvmsg(fd)
        if (length < 0) return null
        const size = Number(c.header.readBigUInt64LE(MSGHDR.controllen))
        const { sender, descriptors } = ancillary(c.control, size)
        if (sender !== null && (c.header.readInt32LE(MSGHDR.flags) & MSG_TRUNC) === 0) {
          return { text: c.data.toString('utf8', 0, length), sender, descriptors }
        }
        for (const one of descriptors) c.close(one)
      }
      return null
    },
    close() {
      if (open) c.close(fd)
      open = false
    },
  }
}

function ancillary(
  control: Buffer,
  size: number,
): { readonly sender: NoticeSender | null; readonly descriptors: readonly number[] } {
  let sender: NoticeSender | null = null
  const descriptors: number[] = []
  for (let at = 0; at + CMSG.data <= size; ) {
    const length = Number(control.readBigUInt64LE(at))
    if (length < CMSG.data) break
    const [data, end] = [at + CMSG.data, at + length]
    const isOurs = control.readInt32LE(at + CMSG.level) === SOL_SOCKET
    const type = control.readInt32LE(at + CMSG.type)
    if (isOurs && type === SCM_CREDENTIALS) {
      sender = { pid: control.readInt32LE(data), uid: control.readUInt32LE(data + 4) }
    }
    if (isOurs && type === SCM_RIGHTS) {
      for (let one = data; one + 4 <= end; one += 4) descriptors.push(control.readInt32LE(one))
    }
    at += (length + 7) & ~7
  }
  return { sender, descriptors }
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number
  setsockopt(fd: number, level: number, option: number, value: Buffer, size: number): number
  bind(fd: number, address: Buffer, size: number): number
  /** Receives into the buffers below, which all listeners share: each message is read at once. */
  recvmsg(fd: number): number
  close(fd: number): number
  errno(): number
  readonly header: Buffer
  readonly data: Buffer
  readonly control: Buffer
}

let bindings: Libc | null = null

function libc(): Libc {
  bindings ??= bindLibc()
  return bindings
}

function bindLibc(): Libc {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const c = koffi.load(null)
  const header = Buffer.alloc(MSGHDR.size)
  const data = Buffer.alloc(LONGEST)
  const control = Buffer.alloc(CONTROL_SIZE)
  const iov = Buffer.alloc(16)
  iov.writeBigUInt64LE(BigInt(koffi.address(data)), 0)
  iov.writeBigUInt64LE(BigInt(LONGEST), 8)
  const recvmsg = c.func('intptr_t recvmsg(int fd, void *header, int flags)')
  return {
    socket: c.func('int socket(int domain, int type, int protocol)') as Libc['socket'],
    setsockopt: c.func(
      'int setsockopt(int fd, int level, int option, const void *value, uint32_t size)',
    ) as Libc['setsockopt'],
    bind: c.func('int bind(int fd, const void *address, uint32_t size)') as Libc['bind'],
    recvmsg(fd) {
      header.fill(0)
      control.fill(0)
      header.writeBigUInt64LE(BigInt(koffi.address(iov)), MSGHDR.iov)
      header.writeBigUInt64LE(1n, MSGHDR.iovlen)
      header.writeBigUInt64LE(BigInt(koffi.address(control)), MSGHDR.control)
      header.writeBigUInt64LE(BigInt(control.length), MSGHDR.controllen)
      return Number(recvmsg(fd, header, MSG_CMSG_CLOEXEC))
    },
    close: c.func('int close(int fd)') as Libc['close'],
    errno: () => koffi.errno(),
    header,
    data,
    control,
  }
}
