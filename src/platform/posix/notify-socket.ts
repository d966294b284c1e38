import { createRequire } from 'node:module'
import type { NotifySocket } from '../../model/ports/notify-socket.ts'

/** <sys/socket.h>, Linux. */
const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000
/** sun_path, unix(7): 108 bytes behind the two of the family. */
const PATH_MAX = 108

/**
 * The socket that NOTIFY_SOCKET names: a path, or `@name` for an abstract one (sd_notify(3)). Node has no unix
 * datagram socket, so the two calls are made directly.
 *
 * @returns null for an address that cannot be one
 */
export function notifySocket(address: string): NotifySocket | null {
  const target = socketAddress(address)
  if (target === null) return null
  const { socket, sendto, close } = libc()
  const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (fd < 0) return null
  return {
    send(assignments) {
      const text = Object.entries(assignments)
        .map(([key, value]) => `${key}=${String(value).replaceAll('\n', ' ')}`)
        .join('\n')
      const bytes = Buffer.from(text)
      // A blocking send: the manager reads its socket all the time, and a lost READY=1 is a failed start.
      return sendto(fd, bytes, bytes.length, MSG_NOSIGNAL, target, target.length) === bytes.length
    },
    monotonicMicroseconds: () => process.hrtime.bigint() / 1000n,
    close: () => void close(fd),
  }
}

/** struct sockaddr_un: the family in host byte order, then the path; an abstract name begins with NUL. */
function socketAddress(address: string): Buffer | null {
  if (!/^[/@]./s.test(address)) return null
  const abstract = address.startsWith('@')
  const path = Buffer.from(abstract ? `\0${address.slice(1)}` : `${address}\0`)
  if (path.length > PATH_MAX) return null
  const family = Buffer.alloc(2)
  new DataView(family.buffer, family.byteOffset).setUint16(0, AF_UNIX, true)
  return Buffer.concat([family, path])
}

interface Libc {
  socket(domain: number, type: number, protocol: number): number
  sendto(fd: number, data: Buffer, length: number, flags: number, to: Buffer, size: number): number
  close(fd: number): number
}

let bindings: Libc | null = null

function libc(): Libc {
  if (bindings === null) {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const library = koffi.load(null)
    bindings = {
      socket: library.func('int socket(int domain, int type, int protocol)') as Libc['socket'],
      sendto: library.func(
        'intptr_t sendto(int fd, const void *data, size_t length, int flags, const void *to, uint32_t size)',
      ) as Libc['sendto'],
      close: library.func('int close(int fd)') as Libc['close'],
    }
  }
  return bindings
}
