import type { ListenSockets } from '../model/ports/listen-sockets.ts'
import type { GuardSpec } from '../model/program-spec.ts'

/** Sockets of programs, whose modules are loaded when a configuration has the first one. */
export function composeSockets(): {
  readonly sockets: ListenSockets
  /** To be done with each configuration before it is used. */
  prepare(spec: GuardSpec): Promise<GuardSpec>
} {
  let loaded: ListenSockets | null = null
  return {
    sockets: {
      open: (service, sockets) => loaded?.open(service, sockets) ?? [],
      take: (service, sockets, pid) => loaded?.take(service, sockets, pid),
      close: (service) => loaded?.close(service),
    },
    async prepare(spec) {
      if (loaded === null && spec.services.some(({ sockets }) => sockets.length > 0)) {
        const { listenSockets } = await import('../platform/posix/listen-sockets.ts')
        loaded = listenSockets()
      }
      return spec
    },
  }
}
