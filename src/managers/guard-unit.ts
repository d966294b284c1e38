import type { Home } from '../model/home.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import { completeProgram, PROGRAM_DEFAULTS } from '../model/program-spec.ts'
import { completeSpec, type Scope, type ServiceSpec } from '../model/service-spec.ts'
import { WINDOWS_PROGRAM_DEFAULTS, type WindowsProgram } from '../model/windows-settings.ts'
import { serviceEnvironment } from './service-environment.ts'

/** Milliseconds that a guard gets beyond what its program may take, to say what became of it. */
const GUARD_MARGIN = 5_000

/** A year: what waits for ever is not ended by its manager. */
const FOR_EVER = 365 * 24 * 3_600_000

/**
 * The code with which `stead run` ends where its program failed for good: EX_SOFTWARE of sysexits(3).
 * No manager shall start it again then; any other failure is the guard's own, and it shall.
 */
export const FAILED_FOR_GOOD = 70

/**
 * The service that a manager gets to see where the one asked for needs a guard: `stead run NAME`,
 * which speaks the manager's protocol. What is the program's own is left to the guard.
 *
 * @param command how stead is started: node, its options, and the file of the command
 */
export function serviceOfGuard(
  { name, displayName, description, startType, dependsOn, startTimeout, ...spec }: ServiceSpec,
  command: readonly string[],
  scope: Scope,
): ServiceSpec {
  const [file = 'stead', ...args] = command
  const { needs = [], needsTimeout = null } = spec.guard ?? {}
  const patience = needs.length === 0 ? 0 : (needsTimeout ?? FOR_EVER)
  const waits = spec.guard?.stop.reduce((sum, { wait }) => sum + wait, 0) ?? spec.stopTimeout
  return completeSpec({
    name,
    displayName,
    description,
    startType,
    dependsOn,
    file,
    args: [...args, 'run', name, '--scope', scope],
    protocol: 'native',
    startTimeout: patience + startTimeout + GUARD_MARGIN,
    stopTimeout: waits + GUARD_MARGIN,
    // Priority and processors are the program's.
    windows: { ...spec.windows, ...WINDOWS_PROGRAM_DEFAULTS },
  })
}

/**
 * The program that the guard of an installed service keeps.
 *
 * @param directory where it starts if the spec names none
 * @param startArguments given to this start, beyond the arguments of the spec
 */
export function programOf(
  spec: ServiceSpec,
  home: Home,
  directory: string,
  startArguments: readonly string[] = [],
): ProgramSpec {
  const { name, description, file, args, protocol, envFile, user, group, guard } = spec
  const { asked: _asked, ...settings } = guard ?? { asked: [] }
  return completeProgram({
    name,
    description,
    command: [file, ...args, ...startArguments],
    protocol,
    cwd: spec.cwd ?? directory,
    env: serviceEnvironment(spec, home),
    envFile,
    user,
    group,
    limits: { ...spec.limits, coreSize: null },
    startTimeout: spec.startTimeout,
    windows: programWindows(spec),
    ...(guard === null ? withoutGuard(spec) : settings),
    heartbeat: guard?.heartbeat ?? watchdogAsHeartbeat(spec),
    // A record of an earlier version knows less of logs.
    log: { ...PROGRAM_DEFAULTS.log, ...guard?.log },
  })
}

/** The silence that a manager's watchdog would allow, where a guard keeps the program in its stead. */
function watchdogAsHeartbeat({ watchdog }: ServiceSpec): ProgramSpec['heartbeat'] {
  return watchdog === null ? null : { every: watchdog, misses: 1, forward: null }
}

function programWindows({ windows }: ServiceSpec): WindowsProgram {
  const { priority, affinity, killOnClose } = { ...WINDOWS_PROGRAM_DEFAULTS, ...windows }
  return { priority, affinity, killOnClose }
}

/** A plain service kept by a guard, as one that is tried out in a terminal. */
function withoutGuard({ protocol, restart, stopTimeout }: ServiceSpec): Partial<ProgramSpec> {
  const { restart: standard, stop } = completeProgram({ name: '', command: [''], cwd: '' })
  const [ask, ...rest] = stop
  return {
    ready: protocol === 'native' ? { kind: 'notify' } : null,
    restart: { ...standard, ...restart, immediate: 0, factor: 1, jitter: 0 },
    // To a manager an end with 0 is a success however early.
    startSeconds: 0,
    stop: ask === undefined ? stop : [{ ...ask, wait: stopTimeout }, ...rest],
  }
}
