import { diffGuardSpecs } from '../../src/config/diff-guard-spec.ts'
import type { ReadConfiguration } from '../../src/guard/configuration.ts'
import { type Guard, type GuardEvents, type GuardParts, guard } from '../../src/guard/guard.ts'
import type { Instance } from '../../src/guard/instance.ts'
import type { NeedsTarget, Watchers, WatchReport, WatchTarget } from '../../src/guard/watchers.ts'
import type { GuardEvent, GuardHappening } from '../../src/model/guard-event.ts'
import type { InstanceRecord, StateStore } from '../../src/model/instance-record.ts'
import type { ConfigHistory } from '../../src/model/ports/config-history.ts'
import type { ProgramOutput } from '../../src/model/ports/program-output.ts'
import type { Spawner } from '../../src/model/ports/spawner.ts'
import { MARKS } from '../../src/model/program-marks.ts'
import type { UnmetNeed } from '../../src/model/program-needs.ts'
import type { GuardSpec, ProgramSpec } from '../../src/model/program-spec.ts'
import { memoryHistory } from '../fakes/config-history.ts'
import { memoryParameters } from '../fakes/parameters.ts'
import type { VirtualTime } from './virtual-time.ts'

export const NO_OUTPUT: ProgramOutput = {
  open: () => ({
    stdout: { kind: 'null' },
    stderr: { kind: 'null' },
    file: null,
    incarnation() {},
    process() {},
    sinks: async () => [],
    reconfigure() {},
    watchFor: () => () => {},
    counts: async () => ({
      emitted: 0,
      stored: 0,
      dropped: 0,
      pending: 0,
      gaps: 0,
      lines: 0,
      rotations: 0,
      trouble: null,
    }),
    drained: async () => {},
    clear: async () => {},
    rotate: async () => {},
    close: async () => {},
  }),
  close: async () => {},
}

/** A store that outlives the guards that write to it; as in a file, what is kept is text. */
export function memoryStore(): StateStore & { readonly records: InstanceRecord[] } {
  let lines: string[] = []
  const read = (): InstanceRecord[] => lines.map((line) => JSON.parse(line))
  return {
    get records() {
      return read()
    },
    trouble: null,
    load: () => ({ records: read(), trouble: null }),
    append(record) {
      lines.push(JSON.stringify(record))
    },
    rewrite(records) {
      lines = records.map((record) => JSON.stringify(record))
    },
  }
}

/** Events in memory. */
export function memoryEvents(
  onEvent: (event: GuardEvent) => void = () => {},
): GuardEvents & { readonly all: GuardEvent[] } {
  const all: GuardEvent[] = []
  return {
    all,
    append(happening: GuardHappening) {
      const event: GuardEvent = { ...happening, number: all.length + 1, at: '' }
      all.push(event)
      onEvent(event)
      return event
    },
    since: (number, limit) => all.filter((event) => event.number > number).slice(0, limit),
    subscribe: () => {
      throw new Error('nobody subscribes in the simulation')
    },
    get newest() {
      return all.length
    },
    lost: () => 0,
  }
}

export interface SimulatedGuardParts {
  readonly spec: GuardSpec
  readonly time: VirtualTime
  readonly random: () => number
  readonly spawner: Spawner
  readonly store: StateStore
  readonly history?: ConfigHistory
  /** Its texts say nothing any more. */
  readonly unreadable?: boolean
  readonly parameters?: GuardParts['parameters']
  readonly runCommand?: GuardParts['runCommand']
  readonly events: GuardEvents
  /** Called for each try of what an instance needs; answers once, later. */
  readonly onLook?: (target: NeedsTarget, told: (unmet: readonly UnmetNeed[]) => void) => void
  /** Called before each start. */
  readonly onLaunch?: (instance: Instance) => void
  /** Called for each life that is watched. */
  readonly onWatch: (
    what: 'readiness' | 'life' | 'end',
    id: string,
    report: WatchReport,
    spec: ProgramSpec,
  ) => void
}

/** The real guard over simulated processes and time. */
export function simulatedGuard(
  parts: SimulatedGuardParts,
): Guard & { replace(spec: GuardSpec, trial?: number): Promise<unknown> } {
  let next = parts.spec
  const watchers: Watchers = {
    needs(target, told) {
      let on = true
      parts.onLook?.(target, (unmet) => {
        if (on) told(unmet)
      })
      return () => {
        on = false
      }
    },
    prepare: () => ({ env: {}, descriptors: new Map() }),
    readiness: (target, report) => watch('readiness', target, report),
    life: (target, report) => watch('life', target, report),
    end: (target, report) => watch('end', target, report),
    hears: () => true,
    rest() {},
    forget() {},
  }
  function watch(
    what: 'readiness' | 'life' | 'end',
    { id, spec }: WatchTarget,
    report: WatchReport,
  ) {
    let on = true
    const when =
      <A extends unknown[]>(act: (...args: A) => void) =>
      (...args: A): void => {
        if (on) act(...args)
      }
    const told = {
      ready: when(report.ready),
      health: when(report.health),
      fault: when(report.fault),
      status: when(report.status),
      probed: when(report.probed),
      said: when(report.said),
    }
    parts.onWatch(what, id, told, spec)
    return {
      beat() {},
      facts: () => ({ probes: [], heartbeat: null }),
      catchUp() {},
      stop() {
        on = false
      },
    }
  }
  const { time, random, spawner, store, events } = parts
  const made = guard(configuration(parts.spec), {
    clock: time.clock,
    timers: time.timers,
    random,
    spawner,
    output: NO_OUTPUT,
    watchers,
    launch: (instance, incarnation) => {
      parts.onLaunch?.(instance)
      return {
        file: instance.spec.command[0],
        args: instance.spec.command,
        cwd: instance.spec.cwd,
        env: {
          [MARKS.guard]: 'simulated',
          [MARKS.service]: instance.service,
          [MARKS.instance]: String(instance.number),
          [MARKS.incarnation]: `simulated.${instance.service}.${instance.number}.${incarnation}`,
        },
        stdio: [],
        user: null,
        group: null,
        supplementaryGroups: null,
        umask: null,
        nice: null,
        rlimits: {},
      }
    },
    runStep() {},
    runCommand: parts.runCommand ?? (async () => ({ ok: true, took: 0, detail: '' })),
    parameters: parts.parameters ?? memoryParameters(),
    guardId: 'simulated',
    facts: { project: 'simulated', pid: 1, socket: '', version: '0', since: '', file: null },
    events,
    store,
    sockets: { take() {}, close() {} },
    usage: { sample: async () => new Map(), extents: async () => new Map() },
    own: () => ({ memory: 0, cpu: 0, descriptors: null }),
    readSpec: async (given) => {
      if (given === null || typeof given === 'string') return configuration(next)
      if (parts.unreadable) throw new Error('what it includes is there no longer')
      return configuration(JSON.parse(given.spec ?? '') as GuardSpec)
    },
    history: parts.history ?? memoryHistory(),
    compare: diffGuardSpecs,
  })
  return {
    ...made,
    replace(spec, trial = 0) {
      next = spec
      return made.api.apply({ text: null, dryRun: false, trial }, { uid: 0, pid: null })
    },
  }
}

/** Its text is the spec itself. */
function configuration(spec: GuardSpec): ReadConfiguration {
  return { spec, sources: { spec: JSON.stringify(spec) } }
}
