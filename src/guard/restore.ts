import type { InstanceRecord } from '../model/instance-record.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { FoundProcess } from '../model/ports/spawner.ts'
import type { Instance } from './instance.ts'
import { type InstanceState, NEW_INSTANCE } from './state.ts'

/** What a program carries in its environment, so that a guard that wrote nothing down finds it again. */
export const MARKS = {
  guard: 'STEAD_GUARD',
  service: 'STEAD_SERVICE',
  instance: 'STEAD_INSTANCE',
  incarnation: 'STEAD_INCARNATION',
} as const

/** The newest record of each instance, by `service@instance`. */
export function newestRecords(
  records: readonly InstanceRecord[],
): ReadonlyMap<string, InstanceRecord> {
  return new Map(records.map((record) => [`${record.service}@${record.instance}`, record]))
}

/** The facts of an instance as an earlier guard left them, its process aside. */
export function stateFrom(record: InstanceRecord, clock: Clock): InstanceState {
  const [now, wall] = [clock.monotonic(), clock.wall().getTime()]
  const { want, phase, why, incarnation, failures, restarts, lastExit, startedAt } = record
  const resting = phase === 'fatal' || phase === 'exited' || phase === 'lost'
  return {
    ...NEW_INSTANCE,
    want: { state: want.state, by: want.by },
    phase: resting ? phase : 'stopped',
    why: resting ? why : 'the guard has just started',
    incarnation,
    startedAt: startedAt === null ? null : now - Math.max(0, wall - Date.parse(startedAt)),
    failures: failures.map((at) => now - Math.max(0, wall - at)),
    restarts,
    lastExit: lastExit?.exit ?? null,
  }
}

/** What a later guard has to know of an instance. */
export function recordOf(instance: Instance, clock: Clock): InstanceRecord {
  const { state, service, number, spec, child, exits } = instance
  const [now, wall] = [clock.monotonic(), clock.wall().getTime()]
  return {
    service,
    instance: number,
    want: { ...state.want, at: instance.wantAt },
    phase: state.phase,
    why: state.why,
    incarnation: state.incarnation,
    identity: state.pid === null && state.phase !== 'starting' ? null : (child?.identity ?? null),
    ready: state.ready,
    startedAt: instance.startedAt,
    failures: state.failures.map((at) => Math.round(wall - (now - at))),
    restarts: state.restarts,
    lastExit: exits[0] ?? null,
    stop: spec.stop,
  }
}

/** Processes that carry the mark of this guard, the newest incarnation of each instance first. */
export function byInstance(
  found: readonly FoundProcess[],
): ReadonlyMap<string, readonly (FoundProcess & { readonly incarnation: number })[]> {
  const result = new Map<string, (FoundProcess & { readonly incarnation: number })[]>()
  for (const process of found) {
    const { environment, isLeader } = process
    const [service, number] = [environment[MARKS.service], environment[MARKS.instance]]
    const incarnation = Number(environment[MARKS.incarnation]?.split('.').at(-1))
    if (!isLeader || service === undefined || number === undefined || !(incarnation > 0)) continue
    const key = `${service}@${number}`
    const list = result.get(key) ?? []
    list.push({ ...process, incarnation })
    list.sort((a, b) => b.incarnation - a.incarnation)
    result.set(key, list)
  }
  return result
}
