import { createRequire } from 'node:module'
import { SocketAddress as NodeAddress } from 'node:net'
import type { SocketAddress } from '../../model/socket-spec.ts'
import { bindLibc } from './spawn/libc.ts'
import { pidDescriptors } from './spawn/pid-descriptors.ts'

/** <sys/socket.h>, <netinet/in.h>, <bits/socket.h>, Linux. */
const AF = { unix: 1, ipv4: 2, ipv6: 10 } as const
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2
const SO_TYPE = 3
const SO_REUSEPORT = 15
const SO_ACCEPTCONN = 30
const IPPROTO_IPV6 = 41
const IPV6_V6ONLY = 26
/** <asm/unistd.h>; Linux 5.6. */
const SYS_PIDFD_GETFD = 438
/** sun_path, unix(7): 108 bytes, the closing NUL among them. */
const PATH_MAX = 108
const LONGEST_ADDRESS = 128

/** The calls on sockets that node keeps for itself. */
export interface SocketCalls {
  /** A new socket of the family of that address; negative where there is none. */
  socket(address: Buffer, kind: SocketAddress['kind']): number
  bind(fd: number, address: Buffer): boolean
  listen(fd: number, backlog: number): boolean
  /** From now on another socket of the same user may be bound to the same port (SO_REUSEPORT). */
  sharePort(fd: number): boolean
  /** Whether it is a socket of that kind and address, and takes connections where that kind does. */
  isBound(fd: number, address: Buffer, kind: SocketAddress['kind']): boolean
  /** Descriptors of another process; null without the right to them, or where the kernel has no such call. */
  othersDescriptors(pid: number): { copy(fd: number): number | null; close(): void } | null
  errno(): number
}

/** struct sockaddr_un, sockaddr_in, sockaddr_in6. @throws ENAMETOOLONG */
export function addressBytes(address: SocketAddress): Buffer {
  if (address.kind === 'unix') {
    const path = Buffer.from(`${address.path}\0`)
    if (path.length > PATH_MAX) {
      const message = `the path of a socket is too long: ${address.path}`
      throw Object.assign(new Error(message), { code: 'ENAMETOOLONG' })
    }
    return Buffer.concat([Buffer.from([AF.unix, 0]), path])
  }
  const { host, port } = address
  const isV6 = host.includes(':')
  const bytes = Buffer.alloc(isV6 ? 28 : 16)
  bytes.writeUInt16LE(isV6 ? AF.ipv6 : AF.ipv4, 0)
  bytes.writeUInt16BE(port, 2)
  if (isV6) ipv6(host).copy(bytes, 8)
  else Buffer.from(host.split('.').map(Number)).copy(bytes, 4)
  return bytes
}

function ipv6(host: string): Buffer {
  // In its shortest form, and without dots.
  const plain = new URL(`http://[${new NodeAddress({ address: host, family: 'ipv6' }).address}]/`)
  const [head = '', tail] = plain.hostname.slice(1, -1).split('::')
  const groups = (text = ''): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array<number>(8 - before.length - after.length).fill(0)
  const bytes = Buffer.alloc(16)
  for (const [index, group] of [...before, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(group, index * 2)
  }
  return bytes
}

let bound: SocketCalls | null = null

export function socketCalls(): SocketCalls {
  bound ??= bindCalls()
  return bound
}

function bindCalls(): SocketCalls {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const c = koffi.load(null)
  const socket = c.func('int socket(int domain, int type, int protocol)')
  const bind = c.func('int bind(int fd, const void *address, uint32_t size)')
  const listen = c.func('int listen(int fd, int backlog)')
  const setsockopt = c.func(
    'int setsockopt(int fd, int level, int option, const void *value, uint32_t size)',
  )
  const getsockopt = c.func(
    'int getsockopt(int fd, int level, int option, void *value, void *size)',
  )
  const getsockname = c.func('int getsockname(int fd, void *address, void *size)')
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32LE(value)
    return bytes
  }
  const set = (fd: number, level: number, option: number, value: number): boolean =>
    setsockopt(fd, level, option, number(value), 4) === 0
  const get = (fd: number, option: number): number => {
    const [value, size] = [number(-1), number(4)]
    return getsockopt(fd, SOL_SOCKET, option, value, size) === 0 ? value.readInt32LE(0) : -1
  }
  return {
    socket(address, kind) {
      const type = (kind === 'udp' ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC
      const family = address.readUInt16LE(0)
      const fd = socket(family, type, 0) as number
      if (fd < 0 || family === AF.unix) return fd
      if (kind === 'tcp') set(fd, SOL_SOCKET, SO_REUSEADDR, 1)
      const isAny = address.subarray(8).every((byte) => byte === 0)
      if (family === AF.ipv6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, isAny ? 0 : 1)
      return fd
    },
    bind: (fd, address) => bind(fd, address, address.length) === 0,
    listen: (fd, backlog) => listen(fd, backlog) === 0,
    sharePort: (fd) => set(fd, SOL_SOCKET, SO_REUSEPORT, 1),
    isBound(fd, address, kind) {
      const [found, size] = [Buffer.alloc(LONGEST_ADDRESS), number(LONGEST_ADDRESS)]
      if (getsockname(fd, found, size) !== 0) return false
      if (!found.subarray(0, address.length).equals(address)) return false
      if (get(fd, SO_TYPE) !== (kind === 'udp' ? SOCK_DGRAM : SOCK_STREAM)) return false
      return kind === 'udp' || get(fd, SO_ACCEPTCONN) === 1
    },
    othersDescriptors(pid) {
      const { libc } = bindLibc()
      const pidfds = pidDescriptors(libc)
      const pidfd = pidfds.open(pid)
      if (pidfd < 0) return null
      return {
        copy(fd) {
          const copy = libc.syscall(SYS_PIDFD_GETFD, pidfd, fd, 0, 0)
          return copy < 0 ? null : copy
        },
        close: () => pidfds.close(pidfd),
      }
    },
    errno: () => koffi.errno(),
  }
}
