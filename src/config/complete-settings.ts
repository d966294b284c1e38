import { isAbsolute, resolve } from 'node:path'
import { sinkWithPaths } from '../model/log-sink.ts'
import { needsWithPaths } from '../model/program-needs.ts'
import {
  type DependencyCondition,
  PROGRAM_DEFAULTS,
  type ProgramSpec,
} from '../model/program-spec.ts'
import type { InheritedSettings, ProgramSettings } from './program-schema.ts'
import { windowsProgramOf } from './windows-schema.ts'

type Known = Omit<ProgramSpec, 'dependsOn'>

/**
 * A service as the guard takes it: what it says itself, then what `defaults` say, then
 * PROGRAM_DEFAULTS. What it depends on is left to {@link dependenciesOf}, which needs the others.
 *
 * @param directory where the file lies; relative paths are meant from there
 */
export function completeSettings(
  name: string,
  own: ProgramSettings,
  inherited: InheritedSettings,
  directory: string,
): Known {
  const all: InheritedSettings = { ...inherited, ...own }
  const limits = { ...inherited.limits, ...own.limits }
  const cwd = resolve(directory, all.cwd ?? '.')
  const protocol = all.protocol ?? PROGRAM_DEFAULTS.protocol
  const [program, ...args] = own.command
  return {
    name,
    description: all.description ?? null,
    labels: { ...inherited.labels, ...own.labels },
    // A path is meant from where the program starts, as a shell would take it.
    command: [
      program.includes('/') && !isAbsolute(program) ? resolve(cwd, program) : program,
      ...args,
    ],
    protocol,
    cwd,
    env: { ...inherited.env, ...own.env },
    envFile: all.envFile === undefined ? null : resolve(directory, all.envFile),
    user: all.user ?? null,
    group: all.group ?? null,
    supplementaryGroups: all.supplementaryGroups ?? null,
    umask: all.umask ?? null,
    nice: all.nice ?? null,
    limits: {
      memory: limits.memory ?? null,
      cpu: limits.cpu ?? null,
      openFiles: limits.openFiles ?? null,
      processes: limits.processes ?? null,
      coreSize: limits.coreSize ?? null,
    },
    cgroup: all.cgroup ?? PROGRAM_DEFAULTS.cgroup,
    type: all.type ?? PROGRAM_DEFAULTS.type,
    autostart: all.autostart ?? PROGRAM_DEFAULTS.autostart,
    instances: all.instances ?? PROGRAM_DEFAULTS.instances,
    restart: restartOf({ ...written(inherited.restart), ...written(own.restart) }),
    needs: needsWithPaths(all.needs ?? PROGRAM_DEFAULTS.needs, (path) => resolve(directory, path)),
    needsTimeout: needsTimeoutOf(all.needsTimeout),
    startSeconds: all.startSeconds ?? PROGRAM_DEFAULTS.startSeconds,
    startTimeout: all.startTimeout ?? PROGRAM_DEFAULTS.startTimeout,
    ready:
      all.ready === undefined ? (protocol === 'native' ? { kind: 'notify' } : null) : all.ready,
    health: all.health ?? null,
    heartbeat: all.heartbeat ?? null,
    stop: all.stop ?? PROGRAM_DEFAULTS.stop,
    reload: all.reload ?? PROGRAM_DEFAULTS.reload,
    reloadOn: (all.reloadOn ?? []).map((file) => resolve(directory, file)),
    restartAt: all.restartAt ?? PROGRAM_DEFAULTS.restartAt,
    log: logOf(inherited.log ?? {}, own.log ?? {}, directory),
    windows: windowsProgramOf(inherited.windows, own.windows),
    fdStoreMax: all.fdStoreMax ?? PROGRAM_DEFAULTS.fdStoreMax,
    parameters: own.parameters ?? PROGRAM_DEFAULTS.parameters,
    sockets: (own.sockets ?? []).map(({ address, ...socket }) => ({
      ...socket,
      address:
        address.kind === 'unix' ? { ...address, path: resolve(directory, address.path) } : address,
    })),
  }
}

/** A list asks for readiness where there is a check of it, and else for a start. */
export function dependenciesOf(
  own: ProgramSettings,
  others: ReadonlyMap<string, Known>,
): Readonly<Record<string, DependencyCondition>> {
  const { dependsOn = {} } = own
  if (!Array.isArray(dependsOn)) return dependsOn
  return Object.fromEntries(
    dependsOn.map((name) => [
      name,
      (others.get(name)?.ready ?? null) === null ? 'started' : 'ready',
    ]),
  )
}

/** Written, `none` is null and stays so. */
export function needsTimeoutOf(written: number | null | undefined): number | null {
  return written === undefined ? PROGRAM_DEFAULTS.needsTimeout : written
}

type RestartSettings = NonNullable<InheritedSettings['restart']>

/** The restart policy out of what is written of it. */
export function restartOf(settings: RestartSettings): ProgramSpec['restart'] {
  const { restart: standard } = PROGRAM_DEFAULTS
  const delay = settings.delay ?? standard.delay
  return {
    when: settings.when ?? standard.when,
    strategy: settings.strategy ?? standard.strategy,
    // Who writes a delay means it from the first restart on.
    immediate: settings.immediate ?? (settings.delay === undefined ? standard.immediate : 0),
    delay,
    factor: settings.factor ?? standard.factor,
    maxDelay: settings.maxDelay ?? Math.max(standard.maxDelay, delay),
    jitter: settings.jitter ?? standard.jitter,
    limit: settings.limit === undefined ? standard.limit : settings.limit,
  }
}

type LogSettings = NonNullable<InheritedSettings['log']>

/** The log policy out of what is inherited and what is written. */
export function logOf(
  inherited: LogSettings,
  own: LogSettings,
  directory: string,
): ProgramSpec['log'] {
  const { log: standard } = PROGRAM_DEFAULTS
  const all = { ...inherited, ...own }
  const whole = (path: string): string => resolve(directory, path)
  return {
    format: all.format ?? standard.format,
    encoding: all.encoding ?? standard.encoding,
    file: all.file === undefined ? null : resolve(directory, all.file),
    rotate: {
      ...standard.rotate,
      ...written(inherited.rotate),
      ...written(own.rotate),
    },
    whenFull: all.whenFull ?? standard.whenFull,
    buffer: all.buffer ?? standard.buffer,
    sinks: (all.sinks ?? standard.sinks).map((sink) => sinkWithPaths(sink, whole)),
    severity: {
      ...standard.severity,
      ...written(inherited.severity),
      ...written(own.severity),
    },
  }
}

/** Without the settings that are there and undefined, which would hide what they inherit. */
function written<T extends object>(
  settings: T | undefined,
): { [K in keyof T]?: NonNullable<T[K]> | Extract<T[K], null> } {
  const entries = Object.entries(settings ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as never
}
