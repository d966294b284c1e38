import { createRequire } from 'node:module'

/** <asm-generic/socket.h>, Linux. */
const SOL_SOCKET = 1
const SO_PEERCRED = 17
const SO_PEERGROUPS = 59
/** struct ucred, <sys/socket.h> with _GNU_SOURCE: pid, uid and gid of 32 bits each. */
const UCRED_SIZE = 12
/** Bytes for groups; one that is in more of them (NGROUPS_MAX is 65,536) is taken to be in none. */
const GROUPS_SIZE = 4 * 1_024

export interface PeerCredentials {
  readonly uid: number
  readonly gid: number
  /** Its supplementary groups; none where the system does not say. */
  readonly groups: readonly number[]
  /** null where the system does not say. */
  readonly pid: number | null
}

/**
 * Who connected, as the kernel noted it then (unix(7), SO_PEERCRED; getpeereid(3) on macOS and the
 * BSDs). Nothing that the other side does later changes it.
 *
 * @param fd of a connected unix stream socket
 * @returns null where the kernel does not tell
 */
export function peerCredentials(fd: number): PeerCredentials | null {
  return process.platform === 'linux' ? ofLinux(fd) : ofBsd(fd)
}

function ofLinux(fd: number): PeerCredentials | null {
  const value = Buffer.alloc(UCRED_SIZE)
  const length = Buffer.alloc(4)
  const view = new DataView(value.buffer, value.byteOffset, UCRED_SIZE)
  new DataView(length.buffer, length.byteOffset, 4).setUint32(0, UCRED_SIZE, true)
  if (bound().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length) !== 0) return null
  return {
    pid: view.getInt32(0, true),
    uid: view.getUint32(4, true),
    gid: view.getUint32(8, true),
    groups: groupsOf(fd),
  }
}

/** As they were when it connected, too (Linux 4.13). */
function groupsOf(fd: number): readonly number[] {
  const value = Buffer.alloc(GROUPS_SIZE)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(GROUPS_SIZE)
  if (bound().getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, value, length) !== 0) return []
  const count = length.readUInt32LE(0) / 4
  return Array.from({ length: count }, (_, index) => value.readUInt32LE(index * 4))
}

function ofBsd(fd: number): PeerCredentials | null {
  const uid = Buffer.alloc(4)
  const gid = Buffer.alloc(4)
  if (bound().getpeereid(fd, uid, gid) !== 0) return null
  return { uid: uid.readUInt32LE(0), gid: gid.readUInt32LE(0), groups: [], pid: null }
}

interface Bindings {
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number
  getpeereid(fd: number, uid: Buffer, gid: Buffer): number
}

let bindings: Bindings | null = null

function bound(): Bindings {
  if (bindings === null) {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    const library = koffi.load(null)
    const linux = process.platform === 'linux'
    bindings = {
      getsockopt: linux
        ? (library.func(
            'int getsockopt(int fd, int level, int name, _Out_ void *value, _Inout_ void *length)',
          ) as Bindings['getsockopt'])
        : () => -1,
      getpeereid: linux
        ? () => -1
        : (library.func(
            'int getpeereid(int fd, _Out_ void *uid, _Out_ void *gid)',
          ) as Bindings['getpeereid']),
    }
  }
  return bindings
}
