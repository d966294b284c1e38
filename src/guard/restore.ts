import type { InstanceRecord } from '../model/instance-record.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { FoundProcess, ProcessIdentity } from '../model/ports/spawner.ts'
import { MARKS } from '../model/program-marks.ts'
import { type Instance, isOutdated } from './instance.ts'
import { type InstanceState, NEW_INSTANCE } from './state.ts'

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
  const isDown = want.state === 'down' || want.state === 'hold'
  const resting = phase === 'fatal' || phase === 'exited' || phase === 'lost'
  return {
    ...NEW_INSTANCE,
    want: { state: want.state, by: want.by },
    phase: resting ? phase : 'stopped',
    why: resting || isDown ? why : 'the guard has just started',
    incarnation,
    startedAt: startedAt === null ? null : now - Math.max(0, wall - Date.parse(startedAt)),
    failures: failures.map((at) => now - Math.max(0, wall - at)),
    restarts,
    lastExit: lastExit?.exit ?? null,
  }
}

const REMOVAL = 'removal'
/** Whose stops a later guard knows nothing of: the end of this one, and a removal. */
export const FORGOTTEN: readonly string[] = ['shutdown', REMOVAL]

/** What a later guard has to know of an instance. */
export function recordOf(instance: Instance, clock: Clock): InstanceRecord {
  const { state, service, number, spec, child, exits, removing } = instance
  const [now, wall] = [clock.monotonic(), clock.wall().getTime()]
  return {
    service,
    instance: number,
    want: { ...state.want, ...(removing ? { by: REMOVAL } : {}), at: instance.wantAt },
    phase: state.phase,
    why: state.why,
    incarnation: state.incarnation,
    identity: state.pid === null && state.phase !== 'starting' ? null : (child?.identity ?? null),
    ready: state.ready,
    startedAt: instance.startedAt,
    failures: state.failures.map((at) => Math.round(wall - (now - at))),
    restarts: state.restarts,
    lastExit: exits[0] ?? null,
    ...(instance.startedWith === null ? {} : { startedWith: instance.startedWith }),
    ...(isOutdated(instance) ? { outdated: true as const } : {}),
    stop: spec.stop,
  }
}

/** A process that carries the mark of this guard. */
export interface Left {
  readonly identity: ProcessIdentity
  readonly incarnation: number
  readonly isLeader: boolean
}

/** Processes that carry the mark of this guard, by `service@instance`, the newest incarnation first. */
export function byInstance(found: readonly FoundProcess[]): ReadonlyMap<string, readonly Left[]> {
  const result = new Map<string, Left[]>()
  for (const { environment, identity, isLeader } of found) {
    const [service, number] = [environment[MARKS.service], environment[MARKS.instance]]
    const incarnation = Number(environment[MARKS.incarnation]?.split('.').at(-1))
    if (service === undefined || number === undefined || !(incarnation > 0)) continue
    const key = `${service}@${number}`
    const list = result.get(key) ?? []
    list.push({ identity, incarnation, isLeader })
    list.sort((a, b) => b.incarnation - a.incarnation)
    result.set(key, list)
  }
  return result
}

/** What of an instance lives on: its process, or only what that left behind. */
export interface Remains {
  /** The program's own process; it may be gone, which shows when it is taken on. */
  readonly main: { readonly identity: ProcessIdentity; readonly incarnation: number } | null
  /** Of earlier lives, or of a life whose own process is gone. */
  readonly strays: readonly Left[]
}

export function remainsOf(record: InstanceRecord | undefined, left: readonly Left[]): Remains {
  const recorded = record?.identity ?? null
  const known = left.find(({ identity }) => recorded !== null && isSame(identity, recorded))
  // A leader that is newer than the record was started in the moment before the guard died.
  const unsaved = left.find(
    ({ incarnation, isLeader }) => isLeader && incarnation > (record?.incarnation ?? 0),
  )
  const main = unsaved ?? known ?? null
  const strays = left.filter(({ incarnation }) => incarnation !== main?.incarnation)
  if (main !== null || recorded === null || record === undefined) return { main, strays }
  // Without the right to read its environment it is taken at the record's word.
  const byRecord = { identity: recorded, incarnation: record.incarnation }
  return { main: strays.length === 0 ? byRecord : null, strays }
}

function isSame(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.birth === b.birth && a.boot === b.boot
}

/** After an orderly end the next guard starts everything anew, whatever was stopped by hand. */
export function forgetRequests(record: InstanceRecord): InstanceRecord {
  const want = { ...record.want, state: 'down', by: 'configuration' } as const
  return { ...record, want, phase: 'stopped', failures: [], restarts: 0 }
}
