import type { Probes } from '../../model/ports/probe.ts'

/** Probes of the machine itself. Their modules are loaded by the first who asks. */
export function probes(): Probes {
  return {
    http: async (url, options) => (await import('./http-probe.ts')).httpProbe(url, options),
    tcp: async (host, port, options) =>
      (await import('./tcp-probe.ts')).tcpProbe(host, port, options),
    file: async (path, options) => (await import('./file-probe.ts')).fileProbe(path, options),
    dns: async (name, options) => (await import('./dns-probe.ts')).dnsProbe(name, options),
    exec: async (command, options) => (await import('./exec-probe.ts')).execProbe(command, options),
  }
}
