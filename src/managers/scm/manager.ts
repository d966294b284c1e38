import type { LogLine } from '../../model/log-entry.ts'
import { customControl } from '../../model/scm-values.ts'
import type { ServiceStatus } from '../../model/service-status.ts'
import { accountKind, LOCAL_SERVICE } from '../../model/windows-account.ts'
import { isWindowsError, WIN32 } from '../../model/windows-error.ts'
import { readLogFile } from '../log-file.ts'
import type { LogQuery, ServiceManager } from '../service-manager.ts'
import { accountOf } from './account.ts'
import type { ScmContext } from './context.ts'
import { isOfHome, logFileOf } from './definition.ts'
import { told, unavailable } from './errors.ts'
import { withEventSource } from './event-source.ts'
import { installService } from './install.ts'
import { recordOf } from './ownership.ts'
import { needsPassword, setPassword } from './password.ts'
import { planFor } from './plan.ts'
import { restartsOf } from './restarts-of.ts'
import { stopOnce, stopService } from './stop.ts'
import { notInstalled, toStatus } from './to-status.ts'
import { uninstallService } from './uninstall.ts'
import { customService, pauseService, reloadService, resumeService, startService } from './verbs.ts'

/** What only the Service Control Manager has. */
export interface ScmManager extends ServiceManager {
  /**
   * Sends a control of the service's own, 128 to 255.
   *
   * @throws USAGE for another code; NOT_RUNNING, VERB_UNSUPPORTED, TRANSITION_ILLEGAL
   */
  control(name: string, code: number): Promise<void>
}

/** The Windows Service Control Manager of this machine, for one home of stead. */
export function scmManager(context: ScmContext): ScmManager {
  const { control, home, logFiles, stead } = context
  return {
    kind: 'scm',
    scope: 'system',
    capabilities: { pause: true, reload: true, anyExecutable: true, logs: true },
    async requireAvailable() {
      try {
        await control.connect()
      } catch (error) {
        throw isWindowsError(error) ? unavailable(error.number, error) : error
      }
    },
    plan: (spec) =>
      withEventSource(
        planFor(spec, { home, extras: control.extras, stead }),
        context.eventSources.directory,
      ),
    install: (plan, password) => installService(context, plan, password),
    passwords: {
      takenBy: ({ user, name }) => accountKind(accountOf(user, name) ?? LOCAL_SERVICE) === 'user',
      neededFor: ({ user, name }) =>
        needsPassword(context, name, accountOf(user, name) ?? LOCAL_SERVICE),
      set: (name, password) => setPassword(context, name, password),
    },
    uninstall: (name) => uninstallService(context, name),
    start: (name, args = []) => startService(context, name, args),
    stop: (name) => stopService(context, name),
    async restart(name) {
      await stopOnce(context, name)
      await startService(context, name, [])
    },
    pause: (name) => pauseService(context, name),
    resume: (name) => resumeService(context, name),
    reload: (name) => reloadService(context, name),
    control: async (name, code) => customService(context, name, customControl(code)),
    status: (name) => told('ask about', name, statusOf(context, name)),
    list: () => ownServices(context),
    async *logs(name: string, query: LogQuery): AsyncGenerator<LogLine> {
      await told('read the log of', name, control.status(name))
      const path = (await recordOf(control, name))?.logFile ?? logFileOf(home, name)
      yield* readLogFile(logFiles, path, name, query)
    },
  }
}

/** What may not be seen is null; a service that goes away meanwhile is not installed. */
async function statusOf(context: ScmContext, name: string): Promise<ServiceStatus> {
  const { control, home, processes } = context
  try {
    const status = await control.status(name)
    const config = await unlessDenied(control.config(name))
    const record = await recordOf(control, name)
    const { pid } = status
    return toStatus({
      name,
      ours: record !== null && isOfHome(record, home),
      status,
      config,
      delayed:
        config?.startType === 'auto' &&
        control.extras.has('delayedStart') &&
        ((await unlessDenied(control.extra(name, 'delayedStart'))) ?? false),
      failureActions:
        status.state === 'stopped' ? await unlessDenied(restartsOf(control, name, status)) : null,
      startedAt: pid === null ? null : await processes.startedAt(pid),
      memory: pid === null ? null : await processes.memory(pid),
    })
  } catch (error) {
    if (isWindowsError(error, WIN32.SERVICE_DOES_NOT_EXIST)) return notInstalled(name)
    throw error
  }
}

async function unlessDenied<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking
  } catch (error) {
    if (isWindowsError(error, WIN32.ACCESS_DENIED)) return null
    throw error
  }
}

async function ownServices(context: ScmContext): Promise<ServiceStatus[]> {
  const { control, home } = context
  const own: ServiceStatus[] = []
  for (const name of await told('list', 'services', control.names())) {
    const record = await recordOf(control, name)
    if (record === null || !isOfHome(record, home)) continue
    const status = await told('ask about', name, statusOf(context, name))
    if (status.phase !== 'not-installed') own.push(status)
  }
  return own.sort((a, b) => (a.name < b.name ? -1 : 1))
}
