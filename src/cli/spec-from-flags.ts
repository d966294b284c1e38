import type { SpecText } from '../config/spec-schema.ts'
import { SteadError } from '../errors.ts'

/** The flags of `install`, as they are written. */
export interface InstallFlags {
  readonly name?: string
  readonly displayName?: string
  readonly description?: string
  readonly autostart?: boolean
  readonly startType?: string
  readonly config?: string
  readonly remote?: string
  readonly cwd?: string
  readonly env?: readonly string[]
  readonly envFile?: string
  readonly user?: string
  readonly group?: string
  readonly dependsOn?: readonly string[]
  readonly restart?: string
  readonly restartDelay?: string
  readonly restartLimit?: string
  readonly startTimeout?: string
  readonly stopTimeout?: string
  readonly killMode?: string
  readonly watchdog?: string
  readonly memory?: string
  readonly cpu?: string
  readonly openFiles?: string
  readonly processes?: string
  readonly harden?: string | boolean
  readonly native?: boolean
  readonly priority?: string
  readonly affinity?: string
  readonly killOnClose?: boolean
  readonly startGroup?: string
  readonly dependsOnGroup?: readonly string[]
  readonly serviceSid?: string
  readonly privilege?: readonly string[]
  readonly securityDescriptor?: string
  readonly preshutdownTimeout?: string
  readonly errorControl?: string
}

/** Flags as the description that a service file would have; what was not said is left out. */
export function specFromFlags(
  name: string,
  command: readonly string[],
  flags: InstallFlags,
): Partial<SpecText> {
  const { restart, restartDelay, restartLimit, memory, cpu, openFiles, processes, env } = flags
  const startType = flags.startType ?? (flags.autostart ? 'auto' : undefined)
  const harden =
    flags.harden === true ? 'standard' : flags.harden === false ? undefined : flags.harden
  const restarts = defined({ when: restart, delay: restartDelay, limit: restartLimit })
  const limits = defined({ memory, cpu, openFiles, processes })
  const windows = defined({
    priority: flags.priority,
    affinity: flags.affinity,
    // Commander sets a flag that begins with "no-" to true where it is not given.
    killOnClose: flags.killOnClose === false ? false : undefined,
    startGroup: flags.startGroup,
    dependsOnGroups: flags.dependsOnGroup,
    serviceSid: flags.serviceSid,
    privileges: flags.privilege,
    securityDescriptor: flags.securityDescriptor,
    preshutdownTimeout: flags.preshutdownTimeout,
    errorControl: flags.errorControl,
  })
  return defined({
    name,
    command: [...command],
    displayName: flags.displayName,
    description: flags.description,
    protocol: flags.native ? 'native' : undefined,
    config: flags.config,
    remote: flags.remote,
    cwd: flags.cwd,
    env: env === undefined ? undefined : variables(env),
    envFile: flags.envFile,
    user: flags.user,
    group: flags.group,
    startType,
    dependsOn: flags.dependsOn,
    restart: Object.keys(restarts).length === 0 ? undefined : restarts,
    startTimeout: flags.startTimeout,
    stopTimeout: flags.stopTimeout,
    killMode: flags.killMode,
    watchdog: flags.watchdog,
    limits: Object.keys(limits).length === 0 ? undefined : limits,
    harden,
    windows: Object.keys(windows).length === 0 ? undefined : windows,
  }) as Partial<SpecText>
}

/** `KEY=VALUE` each; a value may be empty and may hold further `=`. @throws USAGE */
function variables(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=')
    if (at === -1) throw usage(`--env is KEY=VALUE, not ${JSON.stringify(text)}`)
    return [text.slice(0, at), text.slice(at + 1)]
  })
  const names = pairs.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw usage(`--env ${twice}= is given twice`)
  return Object.fromEntries(pairs)
}

function usage(problem: string): SteadError {
  return new SteadError('USAGE', { problem, verb: 'install' })
}

function defined<T extends Record<string, unknown>>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
