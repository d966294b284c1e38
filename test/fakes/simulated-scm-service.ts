import { DEFAULT_DESCRIPTOR } from '../../src/managers/scm/descriptor.ts'
import { formatLogLine } from '../../src/model/log-line.ts'
import type { Clock } from '../../src/model/ports/clock.ts'
import type {
  RegistryValue,
  ScmConfig,
  ScmExtras,
  ScmStatus,
} from '../../src/model/ports/service-control.ts'
import { parseScmRecord, type ScmRecord } from '../../src/model/scm-record.ts'
import { INFINITE, SCM_ACCEPTS, SCM_CONTROLS, type ScmState } from '../../src/model/scm-values.ts'
import { completeSpec } from '../../src/model/service-spec.ts'
import { WIN32, WindowsError } from '../../src/model/windows-error.ts'
import { type FakeFiles, type FakeProcess, startFakeProgram } from './program.ts'
import { expandVariables, splitCommandLine } from './windows-command-line.ts'

/** The world that simulated services live in. */
export interface SimulatedWorld {
  readonly clock: Clock
  readonly files: FakeFiles
  /** What the machine has for `%NAME%` in command lines. */
  readonly variables: Readonly<Record<string, string>>
  /** The one executable that there is. */
  readonly executable: string
  nextPid(): number
}

const CHECKPOINT_EVERY = 10
const RUNNING_ACCEPTS =
  SCM_ACCEPTS.stop | SCM_ACCEPTS.pauseContinue | SCM_ACCEPTS.paramChange | SCM_ACCEPTS.preshutdown

/** One service of the simulated manager, with its process and its failure actions. */
export class SimulatedService {
  config: ScmConfig
  extras: ScmExtras = {
    description: '',
    delayedStart: false,
    failureActions: { resetPeriod: 0, actions: [] },
    failureActionsOnCode: false,
    preshutdownTimeout: 10_000,
    serviceSid: 'none',
    privileges: [],
    securityDescriptor: DEFAULT_DESCRIPTOR,
  }
  /** By `KEY\VALUE` below the service's own key. */
  readonly values = new Map<string, RegistryValue>()
  /** Other after each write to the definition. */
  revision = 0
  /** What Windows keeps of the account's password, which nobody can ask for. */
  password: string | null = null
  marked = false
  handles = 0
  process: FakeProcess | null = null
  readonly log: string[] = []
  /** Set to keep a pending state from advancing, as a service that hangs. */
  frozen = false
  status: ScmStatus = stopped(WIN32.SERVICE_NEVER_STARTED, 0)

  readonly #world: SimulatedWorld
  #failures = 0
  #failedAt = Number.NEGATIVE_INFINITY
  #restart: AbortController | null = null

  constructor(world: SimulatedWorld, config: ScmConfig) {
    this.#world = world
    this.config = config
  }

  /** Creates the process; what its program does from then on moves the state. */
  launch(): void {
    this.cancelRestart()
    const { clock, executable, variables } = this.#world
    const [file, ...args] = splitCommandLine(expandVariables(this.config.commandLine, variables))
    if (file !== executable) throw new WindowsError('StartServiceW', WIN32.FILE_NOT_FOUND)
    const record = this.#record()
    const spec = completeSpec({
      name: 'in the process',
      file,
      args,
      protocol: 'native',
      cwd: record?.cwd ?? 'C:\\Windows\\System32',
    })
    const child = startFakeProgram(this.#world, spec, this.#environment(record))
    this.process = child
    this.#enter('start-pending', SCM_ACCEPTS.stop)
    void this.#advance(child)
    void child.ready.then(() => {
      if (this.process === child && this.status.state === 'start-pending' && !this.frozen) {
        this.#enter('running', RUNNING_ACCEPTS)
      }
    })
    void child.exited.then((exit) => {
      this.log.push(...child.output.map((line) => this.#stamped(line)))
      this.process = null
      if (exit.kind !== 'code') this.#end(WIN32.PROCESS_ABORTED, 0, clock.monotonic())
      else if (exit.code === 0) this.#end(0, 0, clock.monotonic())
      else this.#end(WIN32.SERVICE_SPECIFIC_ERROR, exit.code, clock.monotonic())
    })
  }

  /** ControlService, for a service that runs. */
  async control(code: number): Promise<void> {
    const { state, accepts } = this.status
    const child = this.process
    if (child === null) throw new WindowsError('ControlService', WIN32.SERVICE_NOT_ACTIVE)
    const needed =
      code === SCM_CONTROLS.stop
        ? SCM_ACCEPTS.stop
        : code === SCM_CONTROLS.paramChange
          ? SCM_ACCEPTS.paramChange
          : SCM_ACCEPTS.pauseContinue
    if (code < 128 && (accepts & needed) === 0) {
      const number = state.endsWith('-pending')
        ? WIN32.SERVICE_CANNOT_ACCEPT_CTRL
        : WIN32.INVALID_SERVICE_CONTROL
      throw new WindowsError('ControlService', number)
    }
    switch (code) {
      case SCM_CONTROLS.stop:
        this.#enter('stop-pending', 0)
        void this.#advance(child)
        return child.signal('stop')
      case SCM_CONTROLS.pause:
        return this.#pass(child, 'pause', 'pause-pending', 'paused')
      case SCM_CONTROLS.resume:
        return this.#pass(child, 'resume', 'continue-pending', 'running')
      case SCM_CONTROLS.paramChange:
        return child.signal('reload')
      default:
        this.log.push(this.#stamped(`control ${code}`))
    }
  }

  /** The machine goes down: SERVICE_CONTROL_PRESHUTDOWN, which no program can send. */
  shutdown(): void {
    if (this.process === null) return
    this.#enter('stop-pending', 0)
    this.process.signal('shutdown')
  }

  /** A failure action is on the manager's list. */
  get restartPending(): boolean {
    return this.#restart !== null
  }

  cancelRestart(): void {
    this.#restart?.abort()
    this.#restart = null
  }

  /** What the log file has, with the lines of the process that runs. */
  logLines(): string[] {
    return [...this.log, ...(this.process?.output.map((line) => this.#stamped(line)) ?? [])]
  }

  /** The SDK reads the record when it starts; what it says wins over what Windows hands on. */
  #environment(record: ScmRecord | null): Record<string, string> {
    const env: Record<string, string> = { SystemRoot: 'C:\\Windows' }
    const pairs = this.values.get('\\Environment')
    for (const pair of pairs?.type === 'REG_MULTI_SZ' ? pairs.data : []) {
      const equals = pair.indexOf('=')
      env[pair.slice(0, equals)] = pair.slice(equals + 1)
    }
    Object.assign(env, record?.env)
    const lines = this.#world.files.get(record?.envFile ?? '')?.split('\n') ?? []
    for (const line of lines) {
      const equals = line.indexOf('=')
      if (equals > 0) env[line.slice(0, equals)] = line.slice(equals + 1)
    }
    return env
  }

  #record(): ScmRecord | null {
    const value = this.values.get('Parameters\\Stead')
    return value?.type === 'REG_SZ' ? parseScmRecord(value.data, 'the simulation') : null
  }

  #enter(state: ScmState, accepts: number): void {
    const pending = state.endsWith('-pending')
    this.status = {
      state,
      accepts,
      win32ExitCode: 0,
      specificExitCode: 0,
      checkPoint: pending ? 1 : 0,
      waitHint: pending ? 1_000 : 0,
      pid: this.process?.pid ?? null,
    }
  }

  async #pass(
    child: FakeProcess,
    signal: 'pause' | 'resume',
    by: ScmState,
    to: ScmState,
  ): Promise<void> {
    this.#enter(by, 0)
    child.signal(signal)
    await this.#world.clock.sleep(CHECKPOINT_EVERY)
    if (this.process === child && this.status.state === by) this.#enter(to, RUNNING_ACCEPTS)
  }

  async #advance(child: FakeProcess): Promise<void> {
    const { state } = this.status
    while (this.process === child && this.status.state === state) {
      await this.#world.clock.sleep(CHECKPOINT_EVERY)
      if (this.process !== child || this.status.state !== state || this.frozen) return
      this.status = { ...this.status, checkPoint: this.status.checkPoint + 1 }
    }
  }

  #end(win32: number, specific: number, now: number): void {
    this.status = stopped(win32, specific)
    const { failureActions, failureActionsOnCode } = this.extras
    const failed = win32 === WIN32.PROCESS_ABORTED || (win32 !== 0 && failureActionsOnCode)
    if (!failed || this.marked) return
    const { resetPeriod, actions } = failureActions
    if (resetPeriod !== INFINITE && now - this.#failedAt > resetPeriod * 1_000) this.#failures = 0
    this.#failedAt = now
    const action = actions[Math.min(this.#failures, actions.length - 1)]
    this.#failures += 1
    if (action?.type !== 'restart') return
    this.#restart = new AbortController()
    this.#world.clock.sleep(action.delay, this.#restart.signal).then(
      () => this.launch(),
      () => {},
    )
  }

  #stamped(message: string): string {
    return formatLogLine(this.#world.clock.wall(), { severity: 6, message })
  }
}

function stopped(win32ExitCode: number, specificExitCode: number): ScmStatus {
  return {
    state: 'stopped',
    accepts: 0,
    win32ExitCode,
    specificExitCode,
    checkPoint: 0,
    waitHint: 0,
    pid: null,
  }
}
