import { SteadError } from '../../errors.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import type { Scope } from '../../model/service-spec.ts'

/** The variables that say where a user's systemd and its units are; the composition hands them over. */
export interface SessionVariables {
  readonly XDG_RUNTIME_DIR?: string | undefined
  readonly XDG_CONFIG_HOME?: string | undefined
}

export interface SessionPorts {
  readonly scope: Scope
  readonly files: FileSystem
  readonly accounts: Accounts
  readonly env: SessionVariables
}

/** Where units of the scope are written: systemd.unit(5), "UNIT FILE LOAD PATH". */
export function unitDirectory({ scope, accounts, env }: SessionPorts): string {
  if (scope === 'system') return '/etc/systemd/system'
  const { home } = accounts.self()
  const config = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : `${home}/.config`
  return `${config}/systemd/user`
}

/**
 * The variables with which the commands of systemd find the manager of the scope. For a user's it is
 * XDG_RUNTIME_DIR, which sudo, su, cron and some ssh sessions do not set, or leave at another user's.
 *
 * @throws MANAGER_UNAVAILABLE with the remedy where no such manager runs
 */
export async function sessionVariables(ports: SessionPorts): Promise<Record<string, string>> {
  const { scope, files, accounts, env } = ports
  // sd_booted(3): this directory is there exactly where systemd is the init.
  if ((await files.facts('/run/systemd/system')) === null) {
    throw new SteadError('MANAGER_UNAVAILABLE', {
      manager: 'systemd',
      reason: 'this machine was not booted with systemd',
      remedy:
        'on this machine run the program in the foreground; a container is best started by its own command',
    })
  }
  if (scope === 'system') return {}
  const { uid, name } = accounts.self()
  const standard = `/run/user/${uid}`
  for (const directory of new Set([env.XDG_RUNTIME_DIR ?? standard, standard])) {
    const socket = await files.facts(`${directory}/systemd/private`).catch(() => null)
    // The owner is checked because sudo may carry over the directory of the user who called it.
    if (socket !== null && socket.uid === uid) return { XDG_RUNTIME_DIR: directory }
  }
  throw new SteadError('MANAGER_UNAVAILABLE', {
    manager: 'systemd --user',
    reason: `no systemd of user ${name} runs (there is no ${standard}/systemd)`,
    remedy: `log in as ${name}, or let it run without a login: loginctl enable-linger ${name} (as root)`,
  })
}
