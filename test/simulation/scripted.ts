/** A world in which each program behaves as a test says, and a guard in it that can be dropped at any point. */
import type { Guard, GuardParts } from '../../src/guard/guard.ts'
import type { WatchReport } from '../../src/guard/watchers.ts'
import { CONFIG_POLICY } from '../../src/model/config-version.ts'
import type { GuardEvent } from '../../src/model/guard-event.ts'
import type { InstanceStatus } from '../../src/model/guard-status.ts'
import type { InstanceRecord } from '../../src/model/instance-record.ts'
import type { GuardVerb, VerbOptions, VerbResult } from '../../src/model/ports/guard-api.ts'
import {
  completeProgram,
  type GroupSpec,
  type GuardSpec,
  PROGRAM_DEFAULTS,
  type ProgramRestart,
  type ProgramSpec,
} from '../../src/model/program-spec.ts'
import { memoryHistory } from '../fakes/config-history.ts'
import { type MemoryParameters, memoryParameters } from '../fakes/parameters.ts'
import { mortal } from './mortal.ts'
import { memoryEvents, memoryStore, simulatedGuard } from './simulated-guard.ts'
import { type Behaviour, type SimulatedProcess, simulatedProcesses } from './simulated-processes.ts'
import { type VirtualTime, virtualTime } from './virtual-time.ts'

/** How one life goes: well-behaved where nothing else is said. */
export interface Life extends Behaviour {
  /** Milliseconds from its start until it says that it is ready; null for never. */
  readonly readyAfter: number | null
}

export interface Script {
  readonly services: readonly ProgramSpec[]
  readonly groups?: readonly GroupSpec[]
  /** By service, or `service@2`: how its n-th life goes, counted from 1, with that program. */
  readonly lives?: Readonly<
    Record<string, Partial<Life> | ((nth: number, file: string) => Partial<Life>)>
  >
  /** By service: what its n-th look for what it needs does not find. */
  readonly looks?: Readonly<Record<string, (nth: number, spec: ProgramSpec) => readonly string[]>>
  /** How a command goes that brings a parameter to a program. */
  readonly runCommand?: GuardParts['runCommand']
  /** For jitter; a half, which is none, where nothing is said. */
  readonly random?: () => number
  /** The guard dies when so many of its deeds are done: starts of processes, and writes of its state. */
  readonly dropAfter?: number
}

export interface World {
  readonly guard: Guard
  readonly time: VirtualTime
  /** What the present guard tells its programs of their parameters, and keeps of them. */
  readonly parameters: MemoryParameters
  readonly events: readonly GuardEvent[]
  /** Instances that were started beside a living process of their own. */
  readonly doubles: readonly string[]
  /** What the guards have done so far: starts of processes, and writes of their state. */
  readonly deeds: number
  /** The present guard was dropped. */
  readonly isDropped: boolean
  status(id: string): InstanceStatus
  /** Monotonic times at which it was started. */
  startsOf(id: string): readonly number[]
  /** How often it was looked for what it needs. */
  looksOf(id: string): number
  /** Its process, which lives. */
  leaderOf(id: string): SimulatedProcess
  /** The programs that it runs. */
  filesOf(id: string): readonly string[]
  /** Pids of everything of it that lives. */
  pidsOf(id: string): readonly number[]
  phasesOf(id: string): readonly string[]
  /** What its present watch looks at. */
  specOf(id: string): ProgramSpec | undefined
  /** What its present watch would tell. */
  report(id: string): WatchReport
  act(
    verb: GuardVerb,
    names: string | readonly string[],
    options?: VerbOptions,
  ): Promise<readonly VerbResult[]>
  replace(services: readonly ProgramSpec[], groups?: readonly GroupSpec[]): Promise<unknown>
  /** Takes over other services, on trial for so long. */
  tryOut(services: readonly ProgramSpec[], trial: number): Promise<unknown>
  /** Rings what is due within so many milliseconds, and lets what follows happen. */
  pass(milliseconds: number): Promise<void>
  /** Lets time go by until the promise is settled, at most an hour. */
  until<T>(promise: Promise<T>): Promise<T>
  /** The guard dies as by SIGKILL: nothing that it would still do happens. */
  drop(): void
  /** A new guard over the same processes and state. Returns how many it took on. */
  again(services?: readonly ProgramSpec[], how?: Again): number
  /** What is written down is without that, as older guards have left it. */
  forget(field: keyof InstanceRecord): void
}

/** What its configuration is like when a guard starts. */
export interface Again {
  /** Changes are on trial for so long. */
  readonly trial?: number
  /** The texts of earlier versions say nothing any more. */
  readonly unreadable?: true
}

/** Milliseconds from a look for what a program needs to its answer. */
export const LOOK_TAKES = 10

const OPERATOR = { uid: 0, pid: null }
const GOOD: Life = {
  spawnError: null,
  endsAfter: null,
  exit: { kind: 'code', code: 0 },
  ignoresTerm: false,
  stopsWithin: 5,
  leaves: [],
  readyAfter: 10,
}

type Settings = Partial<Omit<ProgramSpec, 'name' | 'restart'>> & {
  readonly restart?: Partial<ProgramRestart>
}

/** A program of that name with the defaults of a spec. */
export function program(name: string, { restart, ...settings }: Settings = {}): ProgramSpec {
  const policy = { ...PROGRAM_DEFAULTS.restart, ...restart }
  return completeProgram({ name, command: [`/${name}`], cwd: '/', ...settings, restart: policy })
}

/** The guard is made and not started: `again` starts it, also for the first time. */
export function scripted(script: Script): World {
  let order = 0
  const time = virtualTime(() => order++)
  const lives = new Map<string, Life>()
  const starts = new Map<string, number[]>()
  const reports = new Map<string, WatchReport>()
  const watched = new Map<string, ProgramSpec>()
  const looks = new Map<string, number>()
  const doubles: string[] = []
  const store = memoryStore()
  const history = memoryHistory()
  const events = memoryEvents()
  let deeds = 0
  let spec: GuardSpec = {
    project: 'scripted',
    services: script.services,
    groups: script.groups ?? [],
  }
  let current: ReturnType<typeof begin>
  let parameters = memoryParameters()

  const processes = simulatedProcesses(
    time.timers,
    (key, file) => {
      const nth = (starts.get(key)?.length ?? 0) + 1
      starts.set(key, [...(starts.get(key) ?? []), time.clock.monotonic()])
      const said = script.lives?.[key] ?? script.lives?.[key.split('@')[0] as string] ?? {}
      const life = { ...GOOD, ...(typeof said === 'function' ? said(nth, file) : said) }
      lives.set(key, life)
      return life
    },
    (key) => {
      if (processes.living(key).length > 0) doubles.push(key)
    },
  )

  function begin(unreadable: boolean) {
    const death = mortal({ time, spawner: processes.spawner(), store, events }, () => {
      deeds += 1
      return deeds === script.dropAfter
    })
    parameters = memoryParameters(parameters.kept.services)
    const made = simulatedGuard({
      spec,
      ...death.parts,
      history,
      parameters,
      unreadable,
      ...(script.runCommand === undefined ? {} : { runCommand: script.runCommand }),
      random: script.random ?? (() => 0.5),
      onLook({ id, spec }, told) {
        const nth = (looks.get(keyOf(id)) ?? 0) + 1
        looks.set(keyOf(id), nth)
        const missing = script.looks?.[id.split('@')[0] as string]?.(nth, spec) ?? []
        death.parts.time.timers.after(LOOK_TAKES, () =>
          told(missing.map((need) => ({ need, how: 'not there' }))),
        )
      },
      onWatch(what, id, report, spec) {
        watched.set(keyOf(id), spec)
        reports.set(keyOf(id), report)
        const after = lives.get(keyOf(id))?.readyAfter ?? null
        if (what === 'readiness' && after !== null) {
          death.parts.time.timers.after(after, () => report.ready(true))
        }
      },
    })
    return { ...death, guard: made }
  }

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const ofKey = (id: string): readonly SimulatedProcess[] => processes.living(keyOf(id))

  const world: World = {
    get guard() {
      return current.guard
    },
    time,
    get parameters() {
      return parameters
    },
    events: events.all,
    doubles,
    get deeds() {
      return deeds
    },
    get isDropped() {
      return current.isDead()
    },
    status(id) {
      const [found] = current.guard.api.status({ names: [id] }).services
      if (found === undefined) throw new Error(`there is no ${id}`)
      return found
    },
    looksOf: (id) => looks.get(keyOf(id)) ?? 0,
    startsOf: (id) => starts.get(keyOf(id)) ?? [],
    leaderOf(id) {
      const leader = ofKey(id).find(({ isLeader }) => isLeader)
      if (leader === undefined) throw new Error(`${id} does not live`)
      return leader
    },
    filesOf: (id) => ofKey(id).map(({ file }) => file),
    pidsOf: (id) => ofKey(id).map(({ identity }) => identity.pid),
    phasesOf: (id) =>
      events.all.flatMap((event) => (event.type === 'phase' && event.id === id ? [event.to] : [])),
    specOf: (id) => watched.get(keyOf(id)),
    report(id) {
      const report = reports.get(keyOf(id))
      if (report === undefined) throw new Error(`${id} was never watched`)
      return report
    },
    act: (verb, names, options = {}) =>
      current.guard.api.act(
        verb,
        { names: typeof names === 'string' ? [names] : names },
        OPERATOR,
        options,
      ),
    replace(services, groups = spec.groups) {
      spec = { ...spec, services, groups }
      return current.guard.replace(spec)
    },
    tryOut(services, trial) {
      spec = { ...spec, services }
      return current.guard.replace(spec, trial)
    },
    async pass(milliseconds) {
      const end = time.clock.monotonic() + milliseconds
      await settle()
      while (time.nextAt !== null && time.nextAt <= end) {
        time.next()
        await settle()
      }
      time.pass(end - time.clock.monotonic())
    },
    async until(promise) {
      let over = false
      const mark = (): void => {
        over = true
      }
      promise.then(mark, mark)
      const end = time.clock.monotonic() + 3_600_000
      await settle()
      while (!over && time.nextAt !== null && time.nextAt <= end) {
        time.next()
        await settle()
      }
      if (!over) throw new Error('nothing that is due settles it')
      return promise
    },
    drop: () => current.die(),
    again(services = spec.services, { trial, unreadable = false } = {}) {
      current?.die()
      spec = { ...spec, services }
      if (trial !== undefined) spec = { ...spec, config: { ...CONFIG_POLICY, trial } }
      current = begin(unreadable)
      return current.guard.start()
    },
    forget(field) {
      store.rewrite(store.records.map(({ [field]: _, ...rest }) => rest as InstanceRecord))
    },
  }
  return world
}

/** A world whose guard has started its programs. */
export async function running(script: Script): Promise<World> {
  const world = scripted(script)
  world.again()
  await world.pass(0)
  return world
}

function keyOf(id: string): string {
  return id.includes('@') ? id : `${id}@1`
}
