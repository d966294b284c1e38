import { SteadError } from '../../errors.ts'
import { describeExit } from '../../model/exit.ts'
import type { CommandResult, CommandRunner } from '../../model/ports/command-runner.ts'
import { type SessionPorts, sessionVariables } from './session.ts'
import { PROPERTIES, parseShow, type UnitFacts } from './unit-facts.ts'

/** The commands of systemd for one scope. Their failures are told by exit status, systemctl(1). */
export interface Systemctl {
  /** Throws MANAGER_UNAVAILABLE where the manager cannot be reached. */
  require(): Promise<void>
  /** Facts about units, in the order of `names`. */
  show(names: readonly string[]): Promise<UnitFacts[]>
  /** Runs `systemctl …`; its failure is a value. */
  run(args: readonly string[], timeout?: number): Promise<CommandResult>
  /** Runs `systemctl …`. @throws MANAGER_TIMEOUT, RIGHTS, MANAGER_FAILED; `action` completes "could not …" */
  must(action: string, args: readonly string[], timeout?: number): Promise<void>
  /** Runs another command of systemd with the same session. */
  other(file: string, args: readonly string[]): Promise<CommandResult>
  /** Variables of the session, for commands that are run elsewhere. */
  variables(): Promise<Record<string, string>>
}

/** Time for a command that waits for no service. */
const QUICK = 30_000

/** systemctl(1), "EXIT STATUS". */
const NO_PERMISSION = 4

export function systemctl(ports: SessionPorts & { readonly runner: CommandRunner }): Systemctl {
  const { scope, runner } = ports
  const manager = scope === 'system' ? 'systemd' : 'systemd --user'
  const select = scope === 'system' ? ['--system'] : ['--user']
  // systemd older than 248 does not know this option, and then tells whole seconds.
  let precision = ['--timestamp=us+utc']

  const run: Systemctl['run'] = async (args, timeout = QUICK) => {
    const env = await sessionVariables(ports)
    const all = [...select, '--no-ask-password', '--no-pager', '--quiet', ...args]
    const result = await runner.run('systemctl', all, { timeout, env: { ...env, TZ: 'UTC' } })
    if (result.exit.kind === 'spawn-error') {
      throw new SteadError('MANAGER_UNAVAILABLE', {
        manager,
        reason: `systemctl cannot be run (${result.exit.errno})`,
        remedy: 'install the package that holds systemctl, usually "systemd"',
      })
    }
    return result
  }

  const show: Systemctl['show'] = async (names) => {
    if (names.length === 0) return []
    const units = names.map((name) => `${name}.service`)
    const ask = (): Promise<CommandResult> =>
      run(['show', ...precision, `--property=${PROPERTIES.join(',')}`, '--', ...units])
    let result = await ask()
    if (!succeeded(result) && !result.timedOut && precision.length > 0) {
      const plain = precision
      precision = []
      result = await ask()
      if (!succeeded(result)) precision = plain
    }
    if (result.timedOut) throw timeOut('answer', QUICK)
    if (!succeeded(result)) {
      throw new SteadError('MANAGER_UNAVAILABLE', {
        manager,
        reason: words(result),
        remedy:
          scope === 'system'
            ? 'see whether its bus runs: systemctl status dbus.socket'
            : 'see whether it runs: systemctl --user status',
      })
    }
    return parseShow(result.stdout)
  }

  const must: Systemctl['must'] = async (action, args, timeout = QUICK) => {
    const result = await run(args, timeout)
    if (succeeded(result)) return
    if (result.timedOut) throw timeOut(action, timeout)
    if (hasCode(result, NO_PERMISSION) && !ports.accounts.isPrivileged()) throw noRight(action)
    throw new SteadError('MANAGER_FAILED', { manager, action, detail: words(result) })
  }

  const timeOut = (action: string, milliseconds: number): SteadError =>
    new SteadError('MANAGER_TIMEOUT', { manager, action, seconds: milliseconds / 1000 })

  return {
    run,
    show,
    must,
    async require() {
      await sessionVariables(ports)
      await show(['stead-probe'])
    },
    async other(file, args) {
      return runner.run(file, args, { env: await sessionVariables(ports) })
    },
    variables: () => sessionVariables(ports),
  }
}

export function succeeded({ exit }: CommandResult): boolean {
  return exit.kind === 'code' && exit.code === 0
}

export function hasCode({ exit }: CommandResult, code: number): boolean {
  return exit.kind === 'code' && exit.code === code
}

/** The command's own words for people, never for decisions. */
export function words(result: CommandResult): string {
  const said = result.stderr.trim().split('\n')[0]
  return said === undefined || said === '' ? describeExit(result.exit) : said
}

/** The right that changing the machine's services takes. */
export function noRight(action: string, cause?: unknown): SteadError<'RIGHTS'> {
  return new SteadError(
    'RIGHTS',
    {
      action,
      right: 'root, or a polkit rule for org.freedesktop.systemd1.manage-units',
      remedy: 'run the same command with sudo, or use --scope user',
    },
    { cause },
  )
}
