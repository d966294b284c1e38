import type { GuardHappening } from '../model/guard-event.ts'
import type { ProgramPhase } from '../model/guard-status.ts'
import type { InstanceRecord, StateStore } from '../model/instance-record.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ProcessIdentity, Spawner } from '../model/ports/spawner.ts'
import { MARKS } from '../model/program-marks.ts'
import { completeProgram, type ProgramSpec } from '../model/program-spec.ts'
import { compareWithRecord } from './changed-at-start.ts'
import type { Engine } from './engine.ts'
import { type Instance, isLive, newInstance } from './instance.ts'
import type { Instances } from './instances.ts'
import {
  byInstance,
  FORGOTTEN,
  forgetRequests,
  newestRecords,
  type Remains,
  recordOf,
  remainsOf,
  stateFrom,
} from './restore.ts'
import type { InstanceState } from './state.ts'
import { isTrouble } from './trial.ts'

export interface PopulationParts {
  readonly guardId: string
  readonly instances: Instances
  readonly engine: Engine
  readonly clock: Clock
  readonly spawner: Spawner
  readonly store: StateStore
  readonly tell: (happening: GuardHappening) => void
  readonly onChange: (instance: Instance, look: () => void) => () => void
  /** Nothing of it is left: its channel and its watchers can go. */
  readonly discard: (instance: Instance) => void
}

/** Which instances there are: added, taken on from an earlier guard, scaled, removed. */
export interface Population {
  /** The instances of a new service, not started. */
  add(spec: ProgramSpec): readonly Instance[]
  /** To so many instances; those that stay are not touched. Returns the new ones and the ones that go. */
  scale(
    service: string,
    count: number,
  ): { readonly added: readonly Instance[]; readonly going: readonly Instance[] }
  /** Stops it, and then there is no such instance. */
  remove(instance: Instance, by: string): void
  /** Takes on what an earlier guard left: how many programs live on, and which services it left in trouble. */
  restore(): { readonly adopted: number; readonly ailing: readonly string[] }
  /** What a later guard has to know of everything. */
  records(): readonly InstanceRecord[]
}

const MAX_RETIRED = 1_000
const ENDING: readonly ProgramPhase[] = ['stopping', 'fatal', 'exited', 'lost']

export function population(parts: PopulationParts): Population {
  const { instances, engine, clock, spawner, store, tell } = parts

  /** What is known of instances that there are no more: their lives are counted on if they come back. */
  const retired = new Map<string, InstanceRecord>()

  function retire(record: InstanceRecord): void {
    const key = `${record.service}@${record.instance}`
    retired.delete(key)
    retired.set(key, record)
    for (const oldest of retired.keys()) {
      if (retired.size <= MAX_RETIRED) break
      retired.delete(oldest)
    }
  }

  function addOne(service: string, number: number, spec: ProgramSpec): Instance {
    const instance = newInstance(service, number, spec, clock.wall().toISOString())
    const incarnation = retired.get(`${service}@${number}`)?.incarnation ?? 0
    instance.state = { ...instance.state, incarnation }
    instances.add(instance)
    return instance
  }

  function remove(instance: Instance, by: string): void {
    instance.removing = true
    engine.dispatch(instance, { type: 'stop', by, hold: false, cause: 'configuration' })
    let off = (): void => {}
    const look = (): void => {
      if (instance.removing && isLive(instance)) return
      off()
      if (!instance.removing) return
      instances.remove(instance)
      // Who asked for that has asked nothing of one that comes back, under this guard or the next.
      const left = forgetRequests(recordOf(instance, clock))
      retire(left)
      store.append(left)
      engine.release(instance)
      parts.discard(instance)
      tell({ type: 'removed', id: instance.id })
    }
    off = parts.onChange(instance, look)
    look()
  }

  /** A record whose service is not in the configuration any more: it is known long enough to be stopped. */
  function strangerFrom(record: InstanceRecord): Instance {
    const spec = completeProgram({
      name: record.service,
      command: [record.service],
      cwd: '/',
      stop: record.stop,
      autostart: false,
    })
    return addOne(record.service, record.instance, spec)
  }

  function restore(): ReturnType<Population['restore']> {
    const { records, trouble } = store.load()
    if (trouble !== null) tell({ type: 'guard', text: trouble, severity: 4 })
    const known = newestRecords(records)
    // Also where nothing is written down: the state may be what was lost.
    const found = byInstance(spawner.findByEnvironment(MARKS.guard, parts.guardId))
    let adopted = 0
    const ailing = new Set<string>()
    for (const key of new Set([...known.keys(), ...found.keys()])) {
      const record = known.get(key)
      const left = found.get(key) ?? []
      const [service = '', number = '1'] = key.split('@')
      const there = instances.ofService(service).find((one) => one.number === Number(number))
      if (there === undefined && record?.identity == null && left.length === 0) {
        if (record !== undefined) retire(record)
        continue
      }
      const instance = there ?? strangerFrom(record ?? unknownRecord(service, Number(number)))
      const remains = remainsOf(record, left)
      if (record === undefined) wantFoundAgain(instance)
      if (record !== undefined) {
        instance.state = stateFrom(record, clock)
        if (isTrouble(record.phase)) ailing.add(service)
        if (FORGOTTEN.includes(record.want.by)) forgetStop(instance)
        instance.wantAt = record.want.at
        instance.startedAt = record.startedAt
        if (record.lastExit !== null) instance.exits = [record.lastExit]
      }
      const changed = compareWithRecord(instance, record, remains.main?.incarnation ?? null)
      if (takeOn(instance, record, remains)) adopted += 1
      if (changed.some((setting) => setting.startsWith('limits.'))) engine.rewatch(instance)
      if (there === undefined) remove(instance, 'configuration')
    }
    return { adopted, ailing: [...ailing] }
  }

  /** An end, or a removal, that was cut short forgets requests as a whole one does: what is to run runs again. */
  function forgetStop(instance: Instance): void {
    const want = instance.nextSpec.autostart
      ? ({ state: 'up', by: 'boot' } as const)
      : ({ state: 'down', by: 'configuration' } as const)
    instance.state = { ...instance.state, want }
  }

  /** The state was lost; that it lives says that it was wanted. */
  function wantFoundAgain(instance: Instance): void {
    instance.state = { ...instance.state, want: { state: 'up', by: 'boot' } }
  }

  /** True when its process lives on. */
  function takeOn(
    instance: Instance,
    record: InstanceRecord | undefined,
    { main, strays }: Remains,
  ): boolean {
    const { want, phase } = instance.state
    if (main !== null) {
      for (const { identity } of strays) end(identity)
      // The phase of an earlier life says nothing of this one.
      const told = record?.incarnation === main.incarnation ? record.phase : null
      // What is paused had come up.
      const ready = told !== null && (record?.ready === true || told === 'paused')
      engine.adopt(instance, main.identity, main.incarnation, ready)
      // It may have been gone, and have been started anew.
      const goesOn = instance.state.pid === main.identity.pid
      if (goesOn && told !== null && ENDING.includes(told)) {
        // The earlier guard was ending it: that is gone on with.
        engine.dispatch(instance, { type: 'restart', by: 'boot', cause: 'restart', forgive: false })
      }
      if (goesOn && told === 'paused') {
        engine.dispatch(instance, { type: 'pause', by: 'an operator of an earlier guard' })
      }
      if (isLive(instance)) obey(instance, want)
      return goesOn
    }
    const [stray] = strays
    if (stray === undefined) return false
    if (phase !== 'stopped') {
      for (const { identity } of strays) end(identity)
      return false
    }
    // It is ended as its spec says before anything is started beside it.
    engine.adopt(instance, stray.identity, stray.incarnation, false)
    engine.dispatch(instance, { type: 'restart', by: 'boot', cause: 'lost', forgive: false })
    obey(instance, want)
    return false
  }

  function obey(instance: Instance, { state, by }: InstanceState['want']): void {
    if (state !== 'down' && state !== 'hold') return
    engine.dispatch(instance, { type: 'stop', by, hold: state === 'hold', cause: 'stop' })
  }

  function end(identity: ProcessIdentity): void {
    spawner.adopt(identity, () => {})?.signal('SIGKILL', 'leader')
  }

  return {
    add(spec) {
      const added: Instance[] = []
      for (let number = 1; number <= spec.instances; number += 1) {
        added.push(addOne(spec.name, number, spec))
      }
      return added
    },
    scale(service, count) {
      const present = instances.ofService(service)
      const spec = present[0]?.nextSpec
      if (spec === undefined) return { added: [], going: [] }
      const scaled = { ...spec, instances: count }
      const added: Instance[] = []
      for (const instance of present) instance.nextSpec = scaled
      for (let number = 1; number <= count; number += 1) {
        const there = present.find((one) => one.number === number)
        if (there === undefined) added.push(addOne(service, number, scaled))
        else if (there.removing) {
          there.removing = false
          added.push(there)
        }
      }
      const going = present.filter((one) => one.number > count && !one.removing)
      for (const instance of going) remove(instance, 'scaling')
      return { added, going }
    },
    remove,
    restore,
    records: () => [
      ...retired.values(),
      ...instances.all().map((instance) => recordOf(instance, clock)),
    ],
  }
}

function unknownRecord(service: string, instance: number): InstanceRecord {
  const { stop } = completeProgram({ name: service, command: [service], cwd: '/' })
  return {
    service,
    instance,
    want: { state: 'up', by: 'boot', at: new Date(0).toISOString() },
    phase: 'running',
    why: '',
    incarnation: 0,
    identity: null,
    ready: false,
    startedAt: null,
    failures: [],
    restarts: 0,
    lastExit: null,
    stop,
  }
}
