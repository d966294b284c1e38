import { SteadError } from '../../src/errors.ts'
import type { LogQuery, ServiceManager } from '../../src/managers/service-manager.ts'
import { type Exit, succeeded } from '../../src/model/exit.ts'
import type { LogLine } from '../../src/model/log-entry.ts'
import { parseLogLine } from '../../src/model/log-line.ts'
import type { InstallOutcome, Plan, Unsupported } from '../../src/model/plan.ts'
import type { Clock } from '../../src/model/ports/clock.ts'
import type { Scope, ServiceSpec } from '../../src/model/service-spec.ts'
import type { Phase, ServiceStatus } from '../../src/model/service-status.ts'
import { windowsAsked } from '../../src/model/windows-settings.ts'
import { type FakeFiles, type FakeProcess, startFakeProgram } from './program.ts'

interface Service {
  spec: ServiceSpec | null
  /** Other after every write. */
  revision: number
  process: FakeProcess | null
  /** The definition that the running process was started with. */
  running: ServiceSpec | null
  phase: Phase
  want: 'up' | 'down'
  restarts: number
  lastExit: ServiceStatus['lastExit']
  backoff: AbortController | null
  readonly log: string[]
}

/** An operating system with an init and programs, all of it in memory. */
export interface FakeMachine {
  readonly clock: Clock
  readonly files: FakeFiles
  readonly services: Map<string, Service>
  nextPid(): number
}

export function fakeMachine(clock: Clock): FakeMachine {
  let pid = 1_000
  return { clock, files: new Map(), services: new Map(), nextPid: () => ++pid }
}

/** Ways in which a fake may be worse than it should be. */
export interface FakeOptions {
  readonly privileged?: boolean
  /** The second step of an installation fails. */
  readonly failing?: boolean
  /** Defects, with which a test shows that it notices them. */
  readonly rewrites?: boolean
  readonly leavesHalfDone?: boolean
  /** What the programs get instead of the environment that the spec asks for. */
  readonly environment?: (spec: ServiceSpec) => Record<string, string>
  /** What `status` says instead. */
  readonly status?: (status: ServiceStatus) => ServiceStatus
}

const FOREIGN_HOLDER = 'in memory'

/**
 * A service manager in memory that stands for all of them where a test is about what uses one. It
 * honours every setting but `limits`, `harden` and `windows`; dependencies and limits of restarts are kept and
 * not acted upon.
 */
export function fakeManager(machine: FakeMachine, options: FakeOptions = {}): ServiceManager {
  const { clock, services } = machine
  const scope: Scope = 'system'
  const environment =
    options.environment ??
    ((spec) => ({
      ...spec.env,
      STEAD_SERVICE: spec.name,
      ...(spec.configFile === null ? {} : { STEAD_CONFIG: spec.configFile }),
    }))

  const find = (name: string, action = 'change'): Service & { spec: ServiceSpec } => {
    const service = services.get(name)
    if (service === undefined) throw new SteadError('NOT_INSTALLED', { name, manager: 'systemd' })
    if (service.spec === null) {
      throw new SteadError('FOREIGN', { name, manager: 'systemd', where: FOREIGN_HOLDER })
    }
    requireRight(`${action} ${name}`)
    return service as Service & { spec: ServiceSpec }
  }
  const requireRight = (action: string): void => {
    if (options.privileged === false) {
      throw new SteadError('RIGHTS', { action, right: 'root', remedy: 'run the command as root' })
    }
  }

  function plan(spec: ServiceSpec): Plan {
    const unsupported: Unsupported[] = []
    const reason = 'this manager is a fake and limits nothing'
    for (const [limit, value] of Object.entries(spec.limits)) {
      if (value !== null) unsupported.push({ setting: `limits.${limit}`, reason })
    }
    for (const setting of windowsAsked(spec.windows)) unsupported.push({ setting, reason })
    if (spec.harden !== 'off') unsupported.push({ setting: 'harden', reason })
    return { manager: 'systemd', scope, spec, files: [], steps: [], unsupported, notes: [] }
  }

  async function install({ spec, unsupported }: Plan): Promise<InstallOutcome> {
    const { name } = spec
    if (unsupported.length > 0) {
      const settings = unsupported.map(({ setting, reason }) => `${setting} (${reason})`)
      throw new SteadError('UNSUPPORTED', { name, manager: 'systemd', settings })
    }
    requireRight(`install ${name}`)
    const old = services.get(name)
    if (old?.spec === null) {
      throw new SteadError('FOREIGN', { name, manager: 'systemd', where: FOREIGN_HOLDER })
    }
    if (!options.rewrites && JSON.stringify(old?.spec) === JSON.stringify(spec)) return 'unchanged'
    if (options.failing) {
      if (options.leavesHalfDone) services.set(name, freshService(spec))
      const detail = 'the second step is made to fail'
      throw new SteadError('MANAGER_FAILED', { manager: 'systemd', action: 'install', detail })
    }
    if (old !== undefined) {
      old.spec = spec
      old.revision++
      return 'updated'
    }
    services.set(name, freshService(spec))
    return 'created'
  }

  async function start(name: string): Promise<void> {
    const service = find(name, 'start')
    const { spec } = service
    if (spec.startType === 'disabled') {
      const detail = 'it is disabled'
      throw new SteadError('MANAGER_FAILED', {
        manager: 'systemd',
        action: `start ${name}`,
        detail,
      })
    }
    if (service.process !== null) return
    service.backoff?.abort()
    service.want = 'up'
    service.restarts = 0
    const started = launch(service)
    const outcome = await Promise.race([started.ready.then(() => null), started.exited])
    if (outcome === null) return
    throw new SteadError('START_FAILED', { name, reason: service.log.at(-1) ?? outcome.kind })
  }

  function launch(service: Service): FakeProcess {
    const spec = service.spec as ServiceSpec
    const env = environment(spec)
    if (spec.envFile !== null) Object.assign(env, readEnv(machine.files.get(spec.envFile) ?? ''))
    const child = startFakeProgram(machine, spec, env)
    service.process = child
    service.running = spec
    service.phase = 'starting'
    void child.ready.then(() => {
      if (service.process === child && service.phase === 'starting') service.phase = 'running'
    })
    void child.exited.then((exit) => onExit(service, child, exit))
    return child
  }

  function onExit(service: Service, child: FakeProcess, exit: Exit): void {
    service.log.push(...child.output)
    service.process = null
    service.lastExit = { exit, at: clock.wall() }
    const failed = !succeeded(exit)
    const { restart } = service.running as ServiceSpec
    const again = restart.when === 'always' || (restart.when === 'on-failure' && failed)
    if (service.want === 'down' || !again) {
      service.phase = failed && service.want === 'up' ? 'fatal' : 'stopped'
      service.want = 'down'
      return
    }
    service.phase = 'backoff'
    service.backoff = new AbortController()
    clock.sleep(restart.delay, service.backoff.signal).then(
      () => {
        service.restarts++
        launch(service)
      },
      () => {},
    )
  }

  async function stop(name: string, signal: 'stop' | 'shutdown' = 'stop'): Promise<void> {
    await end(find(name, 'stop'), signal)
  }

  async function end(service: Service, signal: 'stop' | 'shutdown'): Promise<void> {
    service.want = 'down'
    service.backoff?.abort()
    const child = service.process
    if (child === null) {
      if (service.phase === 'backoff') service.phase = 'stopped'
      return
    }
    service.phase = 'stopping'
    child.signal(signal)
    const deadline = new AbortController()
    const limit = clock.sleep((service.running as ServiceSpec).stopTimeout, deadline.signal)
    limit.then(
      () => child.signal('kill'),
      () => {},
    )
    await child.exited
    deadline.abort()
    service.phase = 'stopped'
  }

  function control(name: string, action: 'pause' | 'resume' | 'reload'): void {
    const service = find(name, action)
    if (service.process === null) throw new SteadError('NOT_RUNNING', { name, action })
    if (service.spec.protocol !== 'native' && action !== 'reload') {
      const reason = 'its program is not built with the SDK'
      throw new SteadError('VERB_UNSUPPORTED', { name, action, manager: 'systemd', reason })
    }
    const from = action === 'resume' ? 'paused' : 'running'
    if (service.phase !== from) {
      const legal = service.phase === 'paused' ? ['resume', 'stop'] : ['pause', 'reload', 'stop']
      throw new SteadError('TRANSITION_ILLEGAL', { from: service.phase, action, legal })
    }
    service.process.signal(action)
    if (action !== 'reload') service.phase = action === 'pause' ? 'paused' : 'running'
  }

  async function status(name: string): Promise<ServiceStatus> {
    const service = services.get(name)
    const { spec } = service ?? { spec: null }
    const { process: child = null, phase = 'not-installed' } = service ?? {}
    const told: ServiceStatus = {
      name,
      manager: 'systemd',
      scope,
      ours: spec !== null,
      displayName: spec?.displayName ?? null,
      startType: spec?.startType ?? null,
      want: service?.want ?? null,
      phase,
      ready: child === null ? null : phase !== 'starting',
      pid: child?.pid ?? null,
      startedAt: child?.startedAt ?? null,
      memory: null,
      restarts: service?.restarts ?? null,
      lastExit: service?.lastExit ?? null,
      statusText: null,
      why: null,
    }
    return options.status?.(told) ?? told
  }

  async function* logs(name: string, query: LogQuery): AsyncGenerator<LogLine> {
    const { lines = 10, follow = false, signal } = query
    const service = find(name)
    const all = (): string[] => [...service.log, ...(service.process?.output ?? [])]
    let told = Math.max(0, all().length - lines)
    do {
      for (const line of all().slice(told)) yield parseLogLine(name, line)
      told = all().length
      if (follow) await clock.sleep(10, signal).catch(() => {})
    } while (follow && !signal?.aborted)
  }

  return {
    kind: 'systemd',
    scope,
    capabilities: { pause: true, reload: true, anyExecutable: true, logs: true },
    requireAvailable: async () => {},
    plan,
    install,
    async uninstall(name) {
      await end(find(name, 'uninstall'), 'stop')
      services.delete(name)
    },
    start,
    stop,
    async restart(name) {
      await stop(name)
      await start(name)
    },
    pause: async (name) => control(name, 'pause'),
    resume: async (name) => control(name, 'resume'),
    reload: async (name) => control(name, 'reload'),
    status,
    async list() {
      const ours = [...services].filter(([, { spec }]) => spec !== null)
      return Promise.all(ours.map(([name]) => status(name)))
    },
    logs,
  }
}

/** A service that nobody of ours installed has no spec. */
export function freshService(spec: ServiceSpec | null): Service {
  return {
    spec,
    revision: 1,
    process: null,
    running: null,
    phase: 'stopped',
    want: 'down',
    restarts: 0,
    lastExit: null,
    backoff: null,
    log: [],
  }
}

function readEnv(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
