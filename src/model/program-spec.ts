import type { AccessRule } from './access.ts'
import type { ConfigPolicy } from './config-version.ts'
import type { ControlTcpSpec } from './control-tcp.ts'
import type { DependencyCondition } from './dependency-condition.ts'
import type { EventOutlets } from './event-outlet.ts'
import type { LogPolicy } from './log-policy.ts'
import type { MetricsSpec } from './metrics-spec.ts'
import type { GuardedParameter } from './parameter.ts'
import type { HealthCheck, HeartbeatPolicy, ReadinessCheck } from './program-checks.ts'
import type { Need } from './program-needs.ts'
import type { Protocol } from './service-spec.ts'
import type { SocketSpec } from './socket-spec.ts'
import type { StopStep } from './stop-step.ts'
import { WINDOWS_PROGRAM_DEFAULTS, type WindowsProgram } from './windows-settings.ts'

export { DEPENDENCY_CONDITIONS, type DependencyCondition } from './dependency-condition.ts'
export type { StopStep } from './stop-step.ts'

/**
 * What the guard knows of one of its services before it starts it: complete, validated, every
 * setting with a value. Milliseconds, bytes, absolute paths. `stead.yaml` is one way to write it.
 */
export interface ProgramSpec {
  readonly name: string
  readonly description: string | null
  /** For selecting: `stead restart -l tier=web`. */
  readonly labels: Readonly<Record<string, string>>
  /** Program and arguments; the program is a path or a name looked up in PATH. No shell runs it. */
  readonly command: readonly [string, ...string[]]
  readonly protocol: Protocol
  /** Absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** A file of `KEY=VALUE` lines, read at each start. */
  readonly envFile: string | null
  readonly user: string | null
  readonly group: string | null
  /** Null for those of the user in the system's group database. */
  readonly supplementaryGroups: readonly string[] | null
  /** Bits that created files shall not have; null to inherit. */
  readonly umask: number | null
  /** -20 to 19; null to inherit. */
  readonly nice: number | null
  readonly limits: ProgramLimits
  /** A control group of its own (cgroups(7), version 2) where the guard may make one. */
  readonly cgroup: boolean
  /** `service` is to run always; `job` runs to its end, and code 0 is its success. */
  readonly type: 'service' | 'job'
  /** False: it is known, and starts when asked for. */
  readonly autostart: boolean
  readonly instances: number
  readonly dependsOn: Readonly<Record<string, DependencyCondition>>
  /** What has to be there before each start, all of it at the same time. */
  readonly needs: readonly Need[]
  /** Until all of that has to be there; null for ever. */
  readonly needsTimeout: number | null
  readonly restart: ProgramRestart
  /** It has to live so long (and be ready) before its start counts as one. */
  readonly startSeconds: number
  /** Until it has to be ready. */
  readonly startTimeout: number
  readonly ready: ReadinessCheck | null
  readonly health: HealthCheck | null
  readonly heartbeat: HeartbeatPolicy | null
  /** In order; the guard adds SIGKILL to the whole tree at the end where no step sends it. */
  readonly stop: readonly StopStep[]
  readonly reload: ReloadAction
  /** Files that it reads itself, absolute: a change of one reloads it. */
  readonly reloadOn: readonly string[]
  /** Times at which it is restarted while it runs, as cron expressions of local time. */
  readonly restartAt: readonly string[]
  readonly log: LogPolicy
  readonly windows: WindowsProgram
  readonly sockets: readonly SocketSpec[]
  /** How many open descriptors an instance may leave with the guard for its next life (FDSTORE=1 of sd_notify(3)). */
  readonly fdStoreMax: number
  /** What an operator may change while it runs (`stead set`); a program of the SDK may have more of its own. */
  readonly parameters: readonly GuardedParameter[]
}

/**
 * How recovery proceeds. `immediate`: without delay until the limit. `exponential`: `delay` times
 * `factor` for each failure in the window, at most `maxDelay`. `manual`: never by itself.
 */
export type RecoveryStrategy = 'immediate' | 'exponential' | 'manual'

export interface ProgramRestart {
  readonly when: 'always' | 'on-failure' | 'no' | NamedExits
  readonly strategy: RecoveryStrategy
  /** How many failures in the window are restarted without delay, before `delay` begins. */
  readonly immediate: number
  readonly delay: number
  readonly factor: number
  readonly maxDelay: number
  /** Share of the delay by which it varies either way: 0.1 is plus or minus a tenth. */
  readonly jitter: number
  /** More failures than `count` in any `window` make it fatal; null for no limit. */
  readonly limit: { readonly count: number; readonly window: number } | null
}

/** Exits after which to restart, by number and name. */
export interface NamedExits {
  readonly codes: readonly number[]
  readonly signals: readonly string[]
}

export interface ProgramLimits {
  /** Bytes of the whole tree; over it the program is restarted. In a control group with a memory controller the kernel ends it there. */
  readonly memory: number | null
  /** Percent of one core over ten seconds; over it the program is restarted. */
  readonly cpu: number | null
  /** RLIMIT_NOFILE. */
  readonly openFiles: number | null
  /** RLIMIT_NPROC, of the user. */
  readonly processes: number | null
  /** RLIMIT_CORE in bytes. */
  readonly coreSize: number | null
}

/** What `stead reload` does; `restart` where the program knows nothing else. */
export type ReloadAction =
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
  | { readonly kind: 'restart' }

export { isMovedByGuard, type LogFormat, type LogPolicy, type LogRotation } from './log-policy.ts'

/**
 * What happens to the others of a group when one of them fails (Erlang's supervisor(3)):
 * `one_for_one` nothing; `one_for_all` all are restarted; `rest_for_one` those named after it are.
 */
export type GroupStrategy = 'one_for_one' | 'one_for_all' | 'rest_for_one'

export interface GroupSpec {
  readonly name: string
  /** Names of services, in the order that `rest_for_one` means. */
  readonly services: readonly string[]
  readonly strategy: GroupStrategy
  /** More failures of its members than this, and the whole group is stopped and is fatal. */
  readonly limit: { readonly count: number; readonly window: number } | null
}

/** Everything that one guard keeps. */
export interface GuardSpec {
  /** What people call this guard: the name of the directory of stead.yaml unless it says another. */
  readonly project: string
  readonly services: readonly ProgramSpec[]
  readonly groups: readonly GroupSpec[]
  /** Who may talk to it, beside its own user and root; left out for nobody. */
  readonly access?: readonly AccessRule[]
  /** The control API over TCP as well; left out for its socket alone. */
  readonly controlTcp?: ControlTcpSpec
  /** Where metrics are told over TCP; left out for nowhere. */
  readonly metrics?: MetricsSpec
  /** How changes of the configuration are taken; left out for {@link CONFIG_POLICY}. */
  readonly config?: ConfigPolicy
  /** Who is told of events; left out for nobody. */
  readonly events?: EventOutlets
}

const TERM = { kind: 'signal', signal: 'SIGTERM', to: 'leader' } as const
const KILL = { kind: 'signal', signal: 'SIGKILL', to: 'tree' } as const

export const PROGRAM_DEFAULTS = {
  description: null,
  labels: {},
  protocol: 'none',
  env: {},
  envFile: null,
  user: null,
  group: null,
  supplementaryGroups: null,
  umask: null,
  nice: null,
  limits: { memory: null, cpu: null, openFiles: null, processes: null, coreSize: null },
  cgroup: false,
  type: 'service',
  autostart: true,
  instances: 1,
  dependsOn: {},
  needs: [],
  needsTimeout: 300_000,
  restart: {
    when: 'on-failure',
    strategy: 'exponential',
    immediate: 1,
    delay: 100,
    factor: 2,
    maxDelay: 30_000,
    jitter: 0.1,
    limit: { count: 10, window: 60_000 },
  },
  startSeconds: 1_000,
  startTimeout: 90_000,
  ready: null,
  health: null,
  heartbeat: null,
  stop: [
    { action: TERM, wait: 10_000 },
    { action: KILL, wait: 5_000 },
  ],
  reload: { kind: 'restart' },
  reloadOn: [],
  restartAt: [],
  windows: WINDOWS_PROGRAM_DEFAULTS,
  sockets: [],
  fdStoreMax: 0,
  parameters: [],
  log: {
    format: 'stamped',
    encoding: 'utf-8',
    file: null,
    rotate: { size: 10 * 1024 * 1024, every: null, keep: 7, maxAge: null, compress: 'none' },
    whenFull: 'block',
    buffer: 1024 * 1024,
    severity: { stdout: 6, stderr: 6 },
    sinks: [],
  },
} as const satisfies Omit<ProgramSpec, 'name' | 'command' | 'cwd'>

/** A complete spec out of what differs from {@link PROGRAM_DEFAULTS}. Validates nothing. */
export function completeProgram(
  settings: Pick<ProgramSpec, 'name' | 'command' | 'cwd'> & Partial<ProgramSpec>,
): ProgramSpec {
  return { ...PROGRAM_DEFAULTS, ...settings }
}
