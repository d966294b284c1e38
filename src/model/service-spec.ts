import type { ProgramSpec } from './program-spec.ts'
import { WINDOWS_DEFAULTS, type WindowsService } from './windows-settings.ts'

/** Whose services: the machine's (`system`) or one user's (`user`). */
export type Scope = 'system' | 'user'

/** When the manager starts a service by itself. `delayed` is after the rest of the boot. */
export type StartType = 'auto' | 'delayed' | 'manual' | 'disabled'

/** systemd.kill(5): who gets the stop signal, and who the final SIGKILL. */
export type KillMode = 'control-group' | 'mixed' | 'process' | 'none'

export type RestartWhen = 'always' | 'on-failure' | 'no'

/**
 * What the program speaks. `native`: it is built with stead's SDK and tells the manager itself when
 * it is ready, and takes its controls. `none`: any executable; started is as good as ready.
 */
export type Protocol = 'native' | 'none'

/** Named sets of restrictions for systemd; docs/guide/hardening.md lists what each one sets. */
export type HardenPreset = 'off' | 'standard' | 'strict'

export interface RestartPolicy {
  readonly when: RestartWhen
  /** Wait before a restart, in milliseconds. */
  readonly delay: number
  /** At most `count` starts in any `window` milliseconds; null for no limit. */
  readonly limit: { readonly count: number; readonly window: number } | null
}

export interface ResourceLimits {
  /** Bytes. */
  readonly memory: number | null
  /** Percent of one core: 50 is half a core, 200 is two. */
  readonly cpu: number | null
  /** RLIMIT_NOFILE. */
  readonly openFiles: number | null
  /** Tasks: processes and threads. */
  readonly processes: number | null
}

/**
 * What a service asks for beyond what the description of a manager can say; the guard knows it. Every
 * setting has a value, with the defaults of stead.yaml.
 */
export interface GuardSettings
  extends Pick<
    ProgramSpec,
    | 'ready'
    | 'health'
    | 'heartbeat'
    | 'needs'
    | 'needsTimeout'
    | 'stop'
    | 'reload'
    | 'restart'
    | 'reloadOn'
    | 'restartAt'
    | 'cgroup'
    | 'startSeconds'
    | 'log'
  > {
  /** The settings that were written, by the names that they have in the file: `restart.factor`. */
  readonly asked: readonly string[]
}

/**
 * The whole description of a service, validated and complete: every setting has a value, null where
 * there is none. All times are milliseconds. Paths are absolute.
 */
export interface ServiceSpec {
  readonly name: string
  readonly displayName: string | null
  readonly description: string | null
  /** Absolute path of the executable. */
  readonly file: string
  readonly args: readonly string[]
  readonly protocol: Protocol
  /** The program's own configuration file; it reaches the program as `STEAD_CONFIG`. */
  readonly configFile: string | null
  /** A remote source of its settings: an address, or a file about it; it reaches the program as `STEAD_REMOTE`. */
  readonly remote: string | null
  readonly cwd: string | null
  readonly env: Readonly<Record<string, string>>
  /** A file of `KEY=VALUE` lines, read at each start: the place for secrets. */
  readonly envFile: string | null
  readonly user: string | null
  readonly group: string | null
  readonly startType: StartType
  /** Names of services of the same manager that are started first. */
  readonly dependsOn: readonly string[]
  readonly restart: RestartPolicy
  readonly startTimeout: number
  readonly stopTimeout: number
  readonly killMode: KillMode
  /** The longest silence between two heartbeats; null for no watchdog. */
  readonly watchdog: number | null
  readonly limits: ResourceLimits
  readonly harden: HardenPreset
  /** What only Windows has; other managers refuse what differs from its defaults. */
  readonly windows: WindowsService
  /** Null where nothing of it was asked for. A manager that cannot honour it starts `stead run NAME`. */
  readonly guard: GuardSettings | null
}

/** What a service gets that says nothing: it does not start at boot, and it is restarted on failure. */
export const SPEC_DEFAULTS = {
  displayName: null,
  description: null,
  args: [],
  protocol: 'none',
  configFile: null,
  remote: null,
  cwd: null,
  env: {},
  envFile: null,
  user: null,
  group: null,
  startType: 'manual',
  dependsOn: [],
  restart: { when: 'on-failure', delay: 1_000, limit: { count: 5, window: 60_000 } },
  startTimeout: 90_000,
  stopTimeout: 10_000,
  killMode: 'mixed',
  watchdog: null,
  limits: { memory: null, cpu: null, openFiles: null, processes: null },
  harden: 'off',
  windows: WINDOWS_DEFAULTS,
  guard: null,
} as const satisfies Omit<ServiceSpec, 'name' | 'file'>

/** A complete spec out of the settings that differ from {@link SPEC_DEFAULTS}. Validates nothing. */
export function completeSpec(
  settings: Pick<ServiceSpec, 'name' | 'file'> & Partial<ServiceSpec>,
): ServiceSpec {
  return { ...SPEC_DEFAULTS, ...settings }
}
