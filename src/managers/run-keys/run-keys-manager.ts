import { SteadError } from '../../errors.ts'
import type { Home } from '../../model/home.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { LogFiles } from '../../model/ports/log-files.ts'
import type { LogonGuards } from '../../model/ports/logon-guards.ts'
import type { LogonRegistry } from '../../model/ports/logon-registry.ts'
import { nameProblem } from '../../model/service-name.ts'
import type { Scope, ServiceSpec } from '../../model/service-spec.ts'
import type { ServiceStatus } from '../../model/service-status.ts'
import { isWindowsError, WIN32 } from '../../model/windows-error.ts'
import { refuseUnsupported } from '../installation.ts'
import { readLogFile } from '../log-file.ts'
import { recordStore } from '../record-store.ts'
import type { ServiceManager } from '../service-manager.ts'
import { patienceOf, startGuard, stopGuard } from './lifecycle.ts'
import { planFor } from './plan.ts'
import {
  isOurs,
  MANAGER,
  MARKS,
  RUN_KEY,
  readRegistration,
  register,
  requireOurs,
  requireRemovable,
  specForAll,
  unregister,
} from './registration.ts'
import { type RunProgram, runValue } from './run-command.ts'
import { toStatus } from './to-status.ts'

/** Guards of one user, and where they keep their things. */
export interface UserGuards {
  readonly home: Home
  readonly guards: LogonGuards
}

export interface RunKeysOptions extends RunProgram {
  /** Of the user or of the machine, as the scope has it. */
  readonly registry: LogonRegistry
  /** Those of the user who asks. */
  readonly own: UserGuards
  /** Those of the other users of this machine, for what starts at the logon of all. */
  readonly others: () => Promise<readonly UserGuards[]>
  readonly files: FileSystem
  readonly logFiles: LogFiles
  readonly clock: Clock
}

/**
 * Programs that Windows starts at logon: values of the Run key of the calling user, or of the machine's
 * for every user who logs on, each of which starts the guard of one service as that user. No service is
 * involved. To write to the machine's takes an administrator; all else takes no right, and every user
 * starts, stops and asks what runs for that user.
 */
export function runKeysManager(options: RunKeysOptions): ServiceManager {
  const { home, scope, registry, files, clock } = options
  const { guards } = options.own
  const records = recordStore(files, home)
  const logOf = (name: string, { home: { logs } } = options.own): string => `${logs}/${name}.log`
  const told = <T>(action: string, body: () => T): T => inWords(scope, action, body)

  async function specOf(name: string): Promise<ServiceSpec | null> {
    if (scope === 'system') return specForAll(registry, name)
    return (await records.read(name).catch(() => null))?.spec ?? null
  }

  async function start(name: string, args: readonly string[] = []): Promise<void> {
    told(`start ${name}`, () => requireOurs(registry, home, name))
    if (args.length > 0) {
      const reason = 'a start at logon has no arguments of its own'
      const action = 'start with arguments'
      throw new SteadError('VERB_UNSUPPORTED', { name, action, manager: MANAGER, reason })
    }
    const spec = await specOf(name)
    if (spec?.startType === 'disabled') {
      throw new SteadError('MANAGER_FAILED', {
        manager: MANAGER,
        action: `start ${name}`,
        detail: 'it is installed with start type disabled',
        remedy: 'install it again with another start type, such as manual',
      })
    }
    await startGuard({ guards, clock }, name, patienceOf(spec).start)
  }

  async function stop(name: string): Promise<void> {
    told(`stop ${name}`, () => requireOurs(registry, home, name))
    await stopGuard({ guards }, name, patienceOf(await specOf(name)).stop)
  }

  async function act(name: string, action: 'pause' | 'resume' | 'reload'): Promise<void> {
    told(`${action} ${name}`, () => requireOurs(registry, home, name))
    if (!(await guards.act(name, action))) throw new SteadError('NOT_RUNNING', { name, action })
  }

  async function status(name: string): Promise<ServiceStatus> {
    const found = told(`ask about ${name}`, () => readRegistration(registry, name))
    const ours = isOurs(found, home)
    const spec = ours ? await specOf(name) : null
    const program = ours ? await guards.status(name) : null
    const lastEnd = ours && program === null ? guards.lastEnd(name) : null
    return toStatus({ name, scope, found, ours, spec, program, lastEnd })
  }

  return {
    kind: MANAGER,
    scope,
    capabilities: { pause: true, reload: true, anyExecutable: true, logs: true },
    async requireAvailable() {
      told('read the registry', () => registry.read(RUN_KEY, MANAGER))
    },
    plan: (spec) => planFor(spec, options),
    async install(plan) {
      refuseUnsupported(plan)
      const { name, startType } = plan.spec
      const command = startType === 'auto' ? runValue(name, options) : null
      const spec = scope === 'system' ? plan.spec : null
      return told(`install ${name}`, () => register(registry, home, name, command, spec))
    },
    async uninstall(name) {
      told(`uninstall ${name}`, () => requireRemovable(registry, home, name))
      const { stop: patience } = patienceOf(await specOf(name))
      const everybody = [options.own, ...(await options.others())]
      for (const user of everybody) await stopGuard(user, name, patience)
      told(`uninstall ${name}`, () => unregister(registry, home, name))
      for (const user of everybody) {
        const log = logOf(name, user)
        for (const path of [log, `${log}.1`]) await files.remove(path)
      }
    },
    start,
    stop,
    async restart(name) {
      await stop(name)
      await start(name)
    },
    pause: (name) => act(name, 'pause'),
    resume: (name) => act(name, 'resume'),
    reload: (name) => act(name, 'reload'),
    status,
    async list() {
      const names = told('list', () => registry.keys(MARKS))
      const found: ServiceStatus[] = []
      for (const name of names.filter((one) => nameProblem(one) === null).sort()) {
        const one = await status(name)
        if (one.ours) found.push(one)
      }
      return found
    },
    async *logs(name, query) {
      told(`read the log of ${name}`, () => requireOurs(registry, home, name))
      yield* readLogFile(options.logFiles, logOf(name), name, query)
    },
  }
}

const REFUSED: Readonly<Record<Scope, { readonly right: string; readonly remedy: string }>> = {
  user: {
    right: 'the right to do so in HKEY_CURRENT_USER',
    remedy: 'ask who manages this machine: a policy forbids it',
  },
  system: {
    right: 'an elevated administrator',
    remedy:
      'run the same command in a terminal opened with "Run as administrator", or install it for one user: --scope user',
  },
}

/** What the registry refuses, in words. */
function inWords<T>(scope: Scope, action: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!isWindowsError(error)) throw error
    if (error.number === WIN32.ACCESS_DENIED) {
      throw new SteadError('RIGHTS', { action, ...REFUSED[scope] }, { cause: error })
    }
    const detail = error.message
    throw new SteadError('MANAGER_FAILED', { manager: MANAGER, action, detail }, { cause: error })
  }
}
