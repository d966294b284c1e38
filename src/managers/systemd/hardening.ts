import type { HardenPreset, ServiceSpec } from '../../model/service-spec.ts'
import { pathWord } from './quoting.ts'

/**
 * Restrictions that a program which serves the network, in any language, lives with. None forbids
 * writable and executable memory: a just-in-time compiler, as in Node, needs it.
 * All of them are older than systemd 247; systemd.exec(5) describes each.
 */
const STANDARD = [
  'NoNewPrivileges=yes',
  'RestrictSUIDSGID=yes',
  'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
  'AmbientCapabilities=CAP_NET_BIND_SERVICE',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'ProtectSystem=full',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
]

/** What `strict` adds; a later assignment of a single value replaces the earlier one. */
const STRICTER = [
  'ProtectSystem=strict',
  'ProtectProc=invisible',
  'SystemCallFilter=~@privileged @resources',
  'RemoveIPC=yes',
  'UMask=0077',
]

/** Lines that `strict` has instead of the one of `standard` with the same setting. */
const REPLACED: Readonly<Record<string, readonly string[]>> = {
  CapabilityBoundingSet: ['CapabilityBoundingSet='],
  AmbientCapabilities: ['AmbientCapabilities='],
  RestrictAddressFamilies: ['RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6'],
  ProtectSystem: [],
}

/** Directories that ProtectHome= hides. */
const HOMES = /^\/(home|root|run\/user)(\/|$)/

/** The lines of a preset for [Service]. */
export function hardening(spec: ServiceSpec): readonly string[] {
  const preset: HardenPreset = spec.harden
  switch (preset) {
    case 'off':
      return []
    case 'standard':
      return STANDARD
    case 'strict':
      return [
        ...STANDARD.flatMap((line) => REPLACED[line.split('=')[0] as string] ?? [line]),
        ...STRICTER,
        `ProtectHome=${usesHomes(spec) ? 'read-only' : 'yes'}`,
        ...(spec.cwd === null ? [] : [`ReadWritePaths=${pathWord(`-${spec.cwd}`)}`]),
      ]
  }
}

/** True where the service itself lies in a home directory, which then cannot be hidden from it. */
export function usesHomes(spec: ServiceSpec): boolean {
  return [spec.file, ...spec.args, spec.cwd, spec.configFile, spec.remote].some(
    (path) => path !== null && HOMES.test(path),
  )
}
