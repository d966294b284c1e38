import type { Clock } from '../../src/model/ports/clock.ts'
import type { LogFiles } from '../../src/model/ports/log-files.ts'
import type { DatedProcesses } from '../../src/model/ports/machine.ts'
import type { RunningProgram, RunningPrograms } from '../../src/model/ports/running-programs.ts'
import type { ScmExtra, ServiceControl } from '../../src/model/ports/service-control.ts'
import { WIN32, WindowsError } from '../../src/model/windows-error.ts'
import { type FakeAccountRights, fakeAccountRights } from './account-rights.ts'
import { type SimulatedEventSources, simulatedEventSources } from './event-sources.ts'
import type { FakeFiles } from './program.ts'
import { SimulatedService, type SimulatedWorld } from './simulated-scm-service.ts'

export const SIMULATED_EXECUTABLE = 'C:\\Program Files\\node js\\node.exe'

const ALL_EXTRAS: readonly ScmExtra[] = [
  'description',
  'delayedStart',
  'failureActions',
  'failureActionsOnCode',
  'preshutdownTimeout',
  'serviceSid',
  'privileges',
  'securityDescriptor',
]

/** A Windows with a Service Control Manager, all of it in memory. */
export interface SimulatedScm {
  readonly files: FakeFiles
  /** As an elevated administrator. */
  readonly control: ServiceControl
  readonly eventSources: SimulatedEventSources
  /** As any user who is logged on: may look, may change nothing. */
  readonly ordinary: ServiceControl
  readonly processes: DatedProcesses
  readonly logFiles: LogFiles
  readonly services: ReadonlyMap<string, SimulatedService>
  readonly rights: FakeAccountRights
  /** What runs beside the services. */
  readonly programs: RunningPrograms & { running: readonly RunningProgram[] }
  /** Opens a handle to a service; resolves to what closes it. */
  hold(name: string): () => void
}

/**
 * Stands for the Service Control Manager of a real Windows, which can be had only on one: Wine's
 * lacks failure actions, delayed start, access checks, and the `Environment` of services. It is
 * built after the documentation of the functions in <winsvc.h>:
 *
 * - a service that is deleted is marked, refuses everything with 1072, and is gone when it is stopped
 *   and the last handle is closed;
 * - the states are those of SERVICE_STATUS_PROCESS, with checkpoints that advance while pending;
 * - 1077 until the first start, 1066 with the code of a service that failed, 1067 for a process that
 *   was killed; failures take the failure actions, counted until the reset period is over;
 * - `%NAME%` in a command line is expanded before it is taken apart;
 * - creating, changing, starting and controlling need an administrator; looking needs nobody.
 *
 * The programs are those of `program.ts`, whose conversation with the manager is simulated too.
 */
export function simulatedScm(clock: Clock): SimulatedScm {
  const files: FakeFiles = new Map()
  const services = new Map<string, SimulatedService>()
  let pid = 1_000
  const world: SimulatedWorld = {
    clock,
    files,
    variables: { PATH: 'C:\\Windows\\System32', OS: 'Windows_NT', SystemRoot: 'C:\\Windows' },
    executable: SIMULATED_EXECUTABLE,
    nextPid: () => (pid += 4),
  }
  const running = (wanted: number) =>
    [...services.values()].find(({ process }) => process?.pid === wanted)?.process ?? null

  return {
    files,
    services,
    eventSources: simulatedEventSources(),
    rights: fakeAccountRights(),
    programs: {
      running: [],
      async all() {
        return this.running
      },
    },
    control: control(world, services, true),
    ordinary: control(world, services, false),
    processes: {
      self: 4,
      birth: async (wanted) => running(wanted)?.startedAt.toISOString() ?? null,
      startedAt: async (wanted) => running(wanted)?.startedAt ?? null,
      memory: async (wanted) => (running(wanted) === null ? null : 42_000_000),
    },
    logFiles: {
      async *tail(path, { last, keep = () => true, follow, signal }) {
        const name = /([^\\]+)\.log$/.exec(path)?.[1] ?? ''
        const lines = (): string[] => services.get(name)?.logLines().filter(keep) ?? []
        let told = last === null ? 0 : Math.max(0, lines().length - last)
        do {
          const fresh = lines().slice(told)
          told += fresh.length
          yield* fresh
          if (follow) await clock.sleep(10, signal).catch(() => {})
        } while (follow && !signal?.aborted)
      },
    },
    hold(name) {
      const service = services.get(name)
      if (service === undefined) throw new WindowsError('OpenServiceW', 1060)
      service.handles += 1
      return () => {
        service.handles -= 1
      }
    },
  }
}

function control(
  world: SimulatedWorld,
  services: Map<string, SimulatedService>,
  administrator: boolean,
): ServiceControl {
  const sweep = (): void => {
    for (const [name, { marked, handles, process }] of services) {
      if (marked && handles === 0 && process === null) services.delete(name)
    }
  }
  const find = (name: string): SimulatedService => {
    sweep()
    const service = services.get(name)
    if (service === undefined) throw new WindowsError('OpenServiceW', WIN32.SERVICE_DOES_NOT_EXIST)
    return service
  }
  const right = (api: string): void => {
    if (!administrator) throw new WindowsError(api, WIN32.ACCESS_DENIED)
  }
  /** A service opened for more than looking, which one marked for deletion refuses. */
  const change = (api: string, name: string): SimulatedService => {
    const service = find(name)
    right(api)
    if (service.marked) throw new WindowsError(api, WIN32.SERVICE_MARKED_FOR_DELETE)
    return service
  }

  async function start(name: string): Promise<void> {
    const service = change('StartServiceW', name)
    const refuse = (number: number): never => {
      throw new WindowsError('StartServiceW', number)
    }
    if (service.config.startType === 'disabled') refuse(WIN32.SERVICE_DISABLED)
    if (service.process !== null) refuse(WIN32.SERVICE_ALREADY_RUNNING)
    for (const other of service.config.dependencies) {
      const dependency = services.get(other) ?? refuse(WIN32.SERVICE_DEPENDENCY_DELETED)
      if (dependency.process === null) await start(other)
      while (dependency.status.state === 'start-pending') await world.clock.sleep(5)
      if (dependency.status.state !== 'running') refuse(WIN32.SERVICE_DEPENDENCY_FAIL)
    }
    service.launch()
  }

  return {
    extras: new Set(ALL_EXTRAS),
    async connect() {},
    async create(name, config, password) {
      right('OpenSCManagerW')
      sweep()
      const present = services.get(name)
      if (present !== undefined) {
        const number = present.marked ? WIN32.SERVICE_MARKED_FOR_DELETE : WIN32.SERVICE_EXISTS
        throw new WindowsError('CreateServiceW', number)
      }
      for (const [other, { config: taken }] of services) {
        if (other !== name && sameName(taken.displayName, config.displayName)) {
          throw new WindowsError('CreateServiceW', WIN32.DUPLICATE_SERVICE_NAME)
        }
      }
      const service = new SimulatedService(world, config)
      service.password = password?.reveal() ?? null
      services.set(name, service)
    },
    async change(name, config, password) {
      const service = change('ChangeServiceConfigW', name)
      if (Object.keys(config).length === 0) return
      service.config = { ...service.config, ...config }
      // With another account, or with one that is given, the password is the one given.
      if (config.account !== undefined) service.password = password?.reveal() ?? null
      service.revision += 1
    },
    config: async (name) => find(name).config,
    async setExtra(name, extra, value) {
      const service = change('ChangeServiceConfig2W', name)
      service.extras = { ...service.extras, [extra]: told(extra, value) }
      service.revision += 1
    },
    extra: async (name, extra) => find(name).extras[extra],
    status: async (name) => find(name).status,
    start,
    async control(name, code) {
      const service = find(name)
      right('OpenServiceW')
      await service.control(code)
    },
    async delete(name) {
      const service = change('DeleteService', name)
      service.marked = true
      service.cancelRestart()
      sweep()
    },
    async names() {
      sweep()
      return [...services.keys()]
    },
    readValue: async (name, key, value) => {
      sweep()
      return services.get(name)?.values.get(`${key}\\${value}`) ?? null
    },
    async writeValue(name, key, value, data) {
      right('RegCreateKeyExW')
      const service = find(name)
      if (data === null) service.values.delete(`${key}\\${value}`)
      else service.values.set(`${key}\\${value}`, data)
      service.revision += 1
    },
  }
}

/** Windows tells an access list in words of its own. */
function told<T>(extra: ScmExtra, value: T): T | string {
  if (extra !== 'securityDescriptor') return value
  return String(value).replaceAll(';GA;', ';CCDCLCSWRPWPDTLOCRSDRCWDWO;')
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
