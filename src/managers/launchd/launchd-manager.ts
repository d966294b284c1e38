import { SteadError } from '../../errors.ts'
import type { Home } from '../../model/home.ts'
import type { Clock } from '../../model/ports/clock.ts'
import type { CommandRunner } from '../../model/ports/command-runner.ts'
import type { FileSystem } from '../../model/ports/file-system.ts'
import type { LogFiles } from '../../model/ports/log-files.ts'
import type { Accounts } from '../../model/ports/machine.ts'
import { nameProblem } from '../../model/service-name.ts'
import type { Scope } from '../../model/service-spec.ts'
import type { ServiceStatus } from '../../model/service-status.ts'
import { readLogFile } from '../log-file.ts'
import type { ServiceManager } from '../service-manager.ts'
import { definitions } from './definitions.ts'
import { domains } from './domains.ts'
import { carryOut } from './install.ts'
import { jobs, noDomain } from './jobs.ts'
import { launchctl } from './launchctl.ts'
import { logPath, type Paths, pathsOf, plistPaths } from './paths.ts'
import { planFor } from './plan.ts'
import { processFacts } from './process-facts.ts'
import { asRightsError, requireRight } from './rights.ts'
import { toStatus } from './to-status.ts'

export interface LaunchdOptions {
  /** `system`: daemons. `user`: agents of the calling user. */
  readonly scope: Scope
  readonly home: Home
  readonly files: FileSystem
  readonly runner: CommandRunner
  readonly clock: Clock
  readonly accounts: Accounts
  readonly logFiles: LogFiles
  /** Where the plists lie, if not where macOS has them: for tests. */
  readonly paths?: Partial<Paths>
}

/** What the SDK's host takes as pause, resume and reload; `launchctl kill` delivers them. */
const SIGNALS = { pause: 'SIGUSR1', resume: 'SIGUSR2', reload: 'SIGHUP' } as const

/**
 * launchd of macOS, through launchctl(1). The service's name is the job's label. docs/adr/0030 to
 * 0032 say what is decided here and why.
 */
export function launchdManager(options: LaunchdOptions): ServiceManager {
  const { scope, home, files, runner, clock, accounts } = options
  const self = accounts.self()
  const paths = { ...pathsOf(scope, home, self.home), ...options.paths }
  const control = launchctl(runner)
  const where = domains(control, scope, self.uid ?? 0)
  const lifecycle = jobs(control, where, clock)
  const known = definitions(files, paths, home)

  async function ours(name: string) {
    const definition = await known.find(name)
    if (definition?.marker != null) return { path: definition.path, marker: definition.marker }
    const place = definition?.path ?? (await where.find(name))?.target ?? null
    if (place === null) throw new SteadError('NOT_INSTALLED', { name, manager: 'launchd' })
    throw new SteadError('FOREIGN', { name, manager: 'launchd', where: place })
  }

  async function oursToChange(name: string, action: string) {
    const definition = await ours(name)
    requireRight(accounts, scope, `${action} ${name}`)
    return definition
  }

  async function start(name: string, args: readonly string[] = []): Promise<void> {
    const { path, marker } = await oursToChange(name, 'start')
    if (args.length > 0) {
      const reason = 'launchd passes no arguments to one start'
      throw new SteadError('VERB_UNSUPPORTED', {
        name,
        action: 'start with arguments',
        manager: 'launchd',
        reason,
      })
    }
    if (marker.startType === 'disabled') {
      throw new SteadError('MANAGER_FAILED', {
        manager: 'launchd',
        action: `start ${name}`,
        detail: 'it is installed with start type disabled',
        remedy: 'install it again with another start type, such as manual',
      })
    }
    await lifecycle.start(name, path, marker.startTimeout)
  }

  async function stop(name: string): Promise<void> {
    const { marker } = await oursToChange(name, 'stop')
    await lifecycle.stop(name, marker.stopTimeout)
  }

  async function send(name: string, action: keyof typeof SIGNALS): Promise<void> {
    const { marker } = await oursToChange(name, action)
    if (marker.protocol !== 'native') {
      const reason = 'its program is not built with the SDK, and launchd has no such verb'
      throw new SteadError('VERB_UNSUPPORTED', { name, action, manager: 'launchd', reason })
    }
    const job = await where.find(name)
    const running = job !== null && job.facts.pid !== null
    if (!running || (await control.kill(job.target, SIGNALS[action])) === 'absent') {
      throw new SteadError('NOT_RUNNING', { name, action })
    }
  }

  async function status(name: string): Promise<ServiceStatus> {
    const definition = await known.find(name)
    const job = await where.find(name)
    const pid = job?.facts.pid ?? null
    return toStatus({
      name,
      scope,
      known: definition !== null || job !== null,
      marker: definition?.marker ?? null,
      job: job?.facts ?? null,
      process: pid === null ? null : await processFacts(runner, clock, pid),
    })
  }

  return {
    kind: 'launchd',
    scope,
    capabilities: { pause: true, reload: true, anyExecutable: true, logs: true },
    async requireAvailable() {
      if ((await where.current()) === null) throw noDomain()
    },
    plan: (spec) => planFor(spec, scope, home, paths),
    async install(plan) {
      const { name } = plan.spec
      if (plan.unsupported.length > 0) {
        const settings = plan.unsupported.map(({ setting, reason }) => `${setting} (${reason})`)
        throw new SteadError('UNSUPPORTED', { name, manager: 'launchd', settings })
      }
      requireRight(accounts, scope, `install ${name}`)
      const present = await known.find(name)
      const place = present === null ? ((await where.find(name))?.target ?? null) : present.path
      if (place !== null && present?.marker == null) {
        throw new SteadError('FOREIGN', { name, manager: 'launchd', where: place })
      }
      return asRightsError(`write the plist of ${name}`, () =>
        carryOut({ files, runner, paths }, plan),
      )
    },
    async uninstall(name) {
      const { marker } = await oursToChange(name, 'uninstall')
      await lifecycle.stop(name, marker.stopTimeout)
      await asRightsError(`remove the plist of ${name}`, async () => {
        for (const path of plistPaths(paths, name)) await files.remove(path)
        await files.remove(logPath(paths, name))
      })
    },
    start,
    stop,
    async restart(name) {
      await stop(name)
      await start(name)
    },
    pause: (name) => send(name, 'pause'),
    resume: (name) => send(name, 'resume'),
    reload: (name) => send(name, 'reload'),
    status,
    async list() {
      const names = (await known.names()).filter((name) => nameProblem(name) === null)
      const found: ServiceStatus[] = []
      for (const name of names) {
        const one = await status(name)
        if (one.ours) found.push(one)
      }
      return found
    },
    async *logs(name, query) {
      await ours(name)
      yield* readLogFile(options.logFiles, logPath(paths, name), name, query)
    },
  }
}
