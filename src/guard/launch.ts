import type { ListenSockets, OpenSocket } from '../model/ports/listen-sockets.ts'
import type { SpawnDescriptor, SpawnRequest } from '../model/ports/spawner.ts'
import { incarnationMark, MARKS } from '../model/program-marks.ts'
import type { ProgramSpec } from '../model/program-spec.ts'
import type { EngineParts } from './engine.ts'
import type { Instance } from './instance.ts'

export interface LaunchParts {
  readonly guardId: string
  /** Path of the control socket; a program finds it as `STEAD_SOCKET`. */
  readonly socket: string
  /** What programs inherit: the guard's own environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Variables of an env file, read at each start. @throws what is wrong with the file */
  readonly readEnvFile: (path: string) => Readonly<Record<string, string>>
  /** What the system knows of a user; null where it has no such account. */
  readonly accountOf: (user: string) => UserAccount | null
  /** Opens those of a service, or has them open. @throws an Error with `code` that says why it cannot */
  readonly openSockets: ListenSockets['open']
  /** Variables by which a program learns its parameters. */
  readonly parameters: (instance: Instance, life: number) => Readonly<Record<string, string>>
}

/** Of an account: getpwnam(3). */
export interface UserAccount {
  readonly name: string
  readonly home: string
  readonly shell: string
}

/** Variables about the guard itself, which would mislead its programs. */
const OWN =
  /^(STEAD_.*|NOTIFY_SOCKET|WATCHDOG_USEC|WATCHDOG_PID|LISTEN_PID|LISTEN_FDS|LISTEN_FDNAMES|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_EXEC_PID|MAINPID|MANAGERPID)$/

/** What of the guard's environment its programs inherit. */
export function inheritable(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !OWN.test(entry[0]),
    ),
  )
}

/**
 * What a program gets by its spec: the guard's environment, for a user of its own that user's HOME,
 * USER, LOGNAME and SHELL, the env file, the settings.
 */
export function programEnvironment(
  { user, env, envFile }: ProgramSpec,
  {
    environment,
    readEnvFile,
    accountOf,
  }: Pick<LaunchParts, 'environment' | 'readEnvFile' | 'accountOf'>,
): Readonly<Record<string, string>> {
  const account = user === null ? null : accountOf(user)
  const fromFile = envFile === null ? {} : readEnvFile(envFile)
  return { ...environment, ...(account === null ? {} : login(account)), ...fromFile, ...env }
}

function login({ name, home, shell }: UserAccount): Readonly<Record<string, string>> {
  return { HOME: home, USER: name, LOGNAME: name, ...(shell === '' ? {} : { SHELL: shell }) }
}

/**
 * The request for one life of an instance: the guard's environment, the env file, the settings of the
 * spec, and the marks by which a later guard finds it.
 */
export function launcher(parts: LaunchParts): EngineParts['launch'] {
  return (instance, incarnation, means) => {
    const { spec, service, number, channel } = instance
    const { limits } = spec
    const sockets = [...parts.openSockets(service, spec.sockets), ...(means.stored ?? [])]
    const env = {
      ...programEnvironment(spec, parts),
      ...parts.parameters(instance, incarnation),
      ...means.env,
      ...(sockets.length === 0 ? {} : listenVariables(sockets)),
      [MARKS.guard]: parts.guardId,
      [MARKS.service]: service,
      [MARKS.instance]: String(number),
      [MARKS.incarnation]: incarnationMark(parts.guardId, service, number, incarnation),
      STEAD_SOCKET: parts.socket,
    }
    const none = { kind: 'null' } as const
    const stdio: SpawnDescriptor[] = [none, channel?.stdout ?? none, channel?.stderr ?? none]
    for (const { fd } of sockets) stdio.push({ kind: 'fd', fd })
    for (const [fd, descriptor] of means.descriptors) {
      while (stdio.length < fd) stdio.push(none)
      stdio[fd] = descriptor
    }
    return {
      file: spec.command[0],
      args: spec.command,
      cwd: spec.cwd,
      env,
      stdio,
      user: spec.user,
      group: spec.group,
      supplementaryGroups: spec.supplementaryGroups,
      umask: spec.umask,
      ...(sockets.length === 0 ? {} : { pidVariable: 'LISTEN_PID' }),
      ...(spec.cgroup ? { cgroup: { memory: limits.memory } } : {}),
      nice: spec.nice,
      limits: { memory: limits.memory, cpu: limits.cpu },
      windows: spec.windows,
      rlimits: {
        ...(limits.openFiles === null ? {} : { openFiles: limits.openFiles }),
        ...(limits.processes === null ? {} : { processes: limits.processes }),
        ...(limits.coreSize === null ? {} : { coreSize: limits.coreSize }),
      },
    }
  }
}

/** As sd_listen_fds(3) has it; LISTEN_PID is the third, and for whoever starts the program. */
function listenVariables(sockets: readonly OpenSocket[]): Readonly<Record<string, string>> {
  return {
    LISTEN_FDS: String(sockets.length),
    LISTEN_FDNAMES: sockets.map(({ name }) => name).join(':'),
  }
}

/**
 * The request for a command of a service (a stop step, a reload, a probe): as the program, in its
 * directory, with its environment; `STEAD_PID` is the program's pid. It is not part of the tree that is stopped.
 */
export function commandRequest(
  launch: EngineParts['launch'],
  instance: Instance,
  command: readonly [string, ...string[]],
): SpawnRequest {
  const { pid, incarnation } = instance.state
  const request = launch(instance, incarnation, { env: {}, descriptors: new Map() })
  const {
    [MARKS.incarnation]: _mark,
    [MARKS.guard]: _guard,
    LISTEN_FDS: _count,
    LISTEN_FDNAMES: _names,
    ...env
  } = request.env
  const { pidVariable: _pid, cgroup: _cgroup, limits: _limits, stdio, ...rest } = request
  return {
    ...rest,
    stdio: stdio.slice(0, 3),
    file: command[0],
    args: command,
    env: { ...env, ...(pid === null ? {} : { STEAD_PID: String(pid) }) },
  }
}
