import type { SpawnDescriptor, SpawnRequest } from '../model/ports/spawner.ts'
import type { Instance } from './instance.ts'
import { MARKS } from './restore.ts'
import type { WatchMeans } from './watchers.ts'

export interface LaunchParts {
  readonly guardId: string
  /** Path of the control socket; a program finds it as `STEAD_SOCKET`. */
  readonly socket: string
  /** What programs inherit: the guard's own environment. */
  readonly environment: Readonly<Record<string, string>>
  /** Variables of an env file, read at each start. @throws what is wrong with the file */
  readonly readEnvFile: (path: string) => Readonly<Record<string, string>>
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
 * The request for one life of an instance: the guard's environment, the env file, the settings of the
 * spec, and the marks by which a later guard finds it.
 */
export function launcher(parts: LaunchParts) {
  return (instance: Instance, incarnation: number, means: WatchMeans): SpawnRequest => {
    const { spec, service, number, channel } = instance
    const { limits } = spec
    const env = {
      ...parts.environment,
      ...(spec.envFile === null ? {} : parts.readEnvFile(spec.envFile)),
      ...spec.env,
      ...means.env,
      [MARKS.guard]: parts.guardId,
      [MARKS.service]: service,
      [MARKS.instance]: String(number),
      [MARKS.incarnation]: `${parts.guardId}.${service}.${number}.${incarnation}`,
      STEAD_SOCKET: parts.socket,
    }
    const none = { kind: 'null' } as const
    const stdio: SpawnDescriptor[] = [none, channel?.stdout ?? none, channel?.stderr ?? none]
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
      nice: spec.nice,
      rlimits: {
        ...(limits.openFiles === null ? {} : { openFiles: limits.openFiles }),
        ...(limits.processes === null ? {} : { processes: limits.processes }),
        ...(limits.coreSize === null ? {} : { coreSize: limits.coreSize }),
      },
    }
  }
}
