import { chmodSync, chownSync, closeSync, lstatSync, readdirSync, unlinkSync } from 'node:fs'
import type { ListenSockets } from '../../model/ports/listen-sockets.ts'
import type { SocketAddress, SocketSpec } from '../../model/socket-spec.ts'
import { addressBytes, socketCalls } from './socket-calls.ts'
import { credentials } from './spawn/credentials.ts'
import { errnoName } from './spawn/spawn-failure.ts'

/** A process that has more open is not searched to the end. */
const MOST_DESCRIPTORS = 4_096

interface Held {
  readonly spec: SocketSpec
  readonly key: string
  readonly fd: number
}

/** Sockets of this process, which programs inherit. Without O_NONBLOCK, as systemd.socket(5) has them. */
export function listenSockets(): ListenSockets {
  const held = new Map<string, readonly Held[]>()
  /** Their programs have sockets that could not be taken from them. */
  const shared = new Set<string>()

  function replace(service: string, next: readonly Held[]): void {
    const kept = new Set(next.map(({ fd }) => fd))
    for (const one of held.get(service) ?? []) if (!kept.has(one.fd)) release(one, next)
    if (next.length === 0) held.delete(service)
    else held.set(service, next)
  }

  const known = (service: string, spec: SocketSpec): Held | undefined =>
    held.get(service)?.find(({ key }) => key === keyOf(spec))

  return {
    open(service, sockets) {
      if (sockets.length === 0 && !held.has(service)) return []
      const next: Held[] = []
      try {
        for (const spec of sockets) {
          const there = known(service, spec)
          const fd = there?.fd ?? opened(spec, shared.has(service))
          next.push({ spec, key: keyOf(spec), fd })
        }
      } catch (error) {
        for (const one of next) if (known(service, one.spec) === undefined) closeSync(one.fd)
        throw error
      }
      replace(service, next)
      return next.map(({ spec, fd }) => ({ name: spec.name, fd }))
    },
    take(service, sockets, pid) {
      const found = sockets.flatMap((spec): Held[] => {
        const there = known(service, spec)
        if (there !== undefined) return [there]
        const fd = copyOf(pid, spec.address)
        return fd === null ? [] : [{ spec, key: keyOf(spec), fd }]
      })
      if (found.length < sockets.length) shared.add(service)
      replace(service, found)
    },
    close(service) {
      shared.delete(service)
      replace(service, [])
    },
  }
}

/** The same socket, whatever it is called and however many may wait. */
function keyOf({ address }: SocketSpec): string {
  return JSON.stringify(Object.entries(address).sort())
}

function release({ spec: { address }, fd }: Held, next: readonly Held[]): void {
  closeSync(fd)
  if (address.kind !== 'unix') return
  const isUsed = next.some(
    (one) => one.spec.address.kind === 'unix' && one.spec.address.path === address.path,
  )
  if (!isUsed) removeSocket(address.path)
}

function opened(spec: SocketSpec, mayShare: boolean): number {
  const { address, backlog } = spec
  const calls = socketCalls()
  const bytes = addressBytes(address)
  const fd = calls.socket(bytes, address.kind)
  const fail = (errno: number): never => {
    if (fd >= 0) closeSync(fd)
    const code = errnoName(errno)
    throw Object.assign(new Error(`cannot listen on ${addressText(address)}: ${code}`), { code })
  }
  if (fd < 0) return fail(calls.errno())
  if (address.kind === 'unix') removeSocket(address.path)
  if (!calls.bind(fd, bytes)) {
    const errno = calls.errno()
    // An earlier guard died, its programs have the socket and could not be asked for it.
    const isTaken = errnoName(errno) === 'EADDRINUSE' && address.kind !== 'unix'
    if (!isTaken || !mayShare || !calls.sharePort(fd) || !calls.bind(fd, bytes)) return fail(errno)
  } else if (address.kind !== 'unix') calls.sharePort(fd)
  try {
    if (address.kind === 'unix') giveAway(address)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  if (address.kind !== 'udp' && !calls.listen(fd, backlog)) return fail(calls.errno())
  return fd
}

function giveAway({ path, mode, owner, group }: Extract<SocketAddress, { kind: 'unix' }>): void {
  chmodSync(path, mode)
  if (owner === null && group === null) return
  const found = credentials({ user: owner, group, supplementaryGroups: [] })
  if ('fault' in found) {
    const { errno = 'ENOENT', what = '' } = found.fault.failure ?? {}
    throw Object.assign(new Error(`cannot give ${path} away: ${what}: ${errno}`), { code: errno })
  }
  chownSync(path, found.value.uid ?? -1, found.value.gid ?? -1)
}

/** Only a socket: whatever else is there is somebody's. */
function removeSocket(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path)
  } catch {
    // It was not there.
  }
}

/** A copy of the descriptor of another process that is bound to this address (pidfd_getfd(2)). */
function copyOf(pid: number, address: SocketAddress): number | null {
  const calls = socketCalls()
  const wanted = addressBytes(address)
  let numbers: number[]
  try {
    numbers = readdirSync(`/proc/${pid}/fd`).map(Number).slice(0, MOST_DESCRIPTORS)
  } catch {
    return null
  }
  const others = calls.othersDescriptors(pid)
  if (others === null) return null
  try {
    for (const number of numbers) {
      const fd = others.copy(number)
      if (fd === null) continue
      if (calls.isBound(fd, wanted, address.kind)) return fd
      closeSync(fd)
    }
  } finally {
    others.close()
  }
  return null
}

function addressText(address: SocketAddress): string {
  if (address.kind === 'unix') return address.path
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `${address.kind} ${host}:${address.port}`
}
