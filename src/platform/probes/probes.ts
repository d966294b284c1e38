import type { Probes } from '../../model/ports/probe.ts'

/**
 * Probes of the machine itself. Their modules are loaded by the first who asks.
 *
 * @param idsOf numbers of a user and a group by name, for commands that run as somebody else
 */
export function probes(
  idsOf: (user: string | null, group: string | null) => { uid?: number; gid?: number },
): Probes {
  return {
    http: async (url, options) => (await import('./http-probe.ts')).httpProbe(url, options),
    tcp: async (host, port, options) =>
      (await import('./tcp-probe.ts')).tcpProbe(host, port, options),
    exec: async (command, options) =>
      (await import('./exec-probe.ts')).execProbe(command, options, idsOf),
  }
}
