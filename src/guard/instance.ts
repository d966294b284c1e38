import { fingerprintOf } from '../config/fingerprint.ts'
import type { ExitRecord, InstanceStatus, RecoveryFact } from '../model/guard-status.ts'
import type { Fingerprint } from '../model/instance-record.ts'
import type { OutputChannel } from '../model/ports/program-output.ts'
import type { Child } from '../model/ports/spawner.ts'
import type { ProgramSpec, StopStep } from '../model/program-spec.ts'
import { type InstanceState, NEW_INSTANCE, type TimerName } from './state.ts'
import type { Watch } from './watchers.ts'

/** How many ends are kept of each instance. */
export const MAX_EXITS = 20

/** One instance of a service, with what the engine holds for it. */
export interface Instance {
  readonly id: string
  readonly service: string
  readonly number: number
  /** What its present life was started with. */
  spec: ProgramSpec
  /** What the next one will be; the same object where nothing has changed. */
  nextSpec: ProgramSpec
  state: InstanceState
  child: Child | null
  channel: OutputChannel | null
  watch: Watch | null
  /** Ends the try of what it needs that is under way. */
  looking: (() => void) | null
  /** How often another process of its tree has become the program. */
  followed: number
  readonly timers: Map<TimerName, () => void>
  /** Newest first. */
  exits: ExitRecord[]
  recovery: RecoveryFact | null
  statusText: string | null
  /** The reason why its control group is not what was asked for, as it was told last. */
  cgroupTold: string | null
  wantAt: string
  startedAt: string | null
  /** What its newest life was started with; null where an earlier guard has not written that down. */
  startedWith: Fingerprint | null
  /** It is stopped to be removed. */
  removing: boolean
  /** What it must not go on to run: its turn in a rollout has still to come while `spec` is this one. */
  outdated: ProgramSpec | null
  /** Stands for what an earlier guard has started it with and this one never read, while `spec` is this one. */
  guessed: ProgramSpec | null
}

/** For a life that begins now. */
export function takeNextSpec(instance: Instance): void {
  instance.spec = instance.nextSpec
  instance.startedWith = fingerprintOf(instance.spec)
}

/** It lives with a configuration that has been replaced, and is restarted for that soon. */
export function isOutdated({ spec, outdated }: Instance): boolean {
  return outdated === spec
}

export function newInstance(
  service: string,
  number: number,
  spec: ProgramSpec,
  at: string,
): Instance {
  return {
    id: instanceId(service, number, spec.instances),
    service,
    number,
    spec,
    nextSpec: spec,
    state: NEW_INSTANCE,
    child: null,
    channel: null,
    watch: null,
    looking: null,
    followed: 0,
    timers: new Map(),
    exits: [],
    recovery: null,
    statusText: null,
    cgroupTold: null,
    wantAt: at,
    startedAt: null,
    startedWith: null,
    removing: false,
    outdated: null,
    guessed: null,
  }
}

/** `api`, or `api@2` of a service with several. */
export function instanceId(service: string, number: number, instances: number): string {
  return instances === 1 && number === 1 ? service : `${service}@${number}`
}

/** True while a process of it lives or may live. */
export function isLive({ state }: Instance): boolean {
  return (
    state.pid !== null ||
    state.phase === 'starting' ||
    state.phase === 'stopping' ||
    state.phase === 'running' ||
    state.phase === 'paused'
  )
}

function isReloading({ phase, reload }: InstanceState): boolean {
  return phase === 'running' && reload !== null && reload.state !== 'asked'
}

/** Nothing of it lives, and nothing will start it but a request. */
export function isAtRest(instance: Instance): boolean {
  const { phase } = instance.state
  return !isLive(instance) && phase !== 'waiting' && phase !== 'backoff'
}

export function statusOf(instance: Instance, now: number, wall: Date): InstanceStatus {
  const { state, id, service, number, exits, recovery, statusText, child } = instance
  return {
    id,
    service,
    instance: number,
    want: { ...state.want, at: instance.wantAt },
    phase: state.phase,
    ready: state.ready,
    ...(instance.removing ? { removing: true as const } : {}),
    ...(isReloading(state) ? { reloading: true as const } : {}),
    health: state.health,
    why: state.why,
    pid: state.pid,
    ...(state.pid === null || child?.cgroup === undefined ? {} : { cgroup: child.cgroup }),
    incarnation: state.incarnation,
    startedAt: state.pid === null ? null : instance.startedAt,
    next: nextOf(instance, now, wall),
    restarts: state.restarts,
    failures: state.failures.length,
    lastExit: exits[0] ?? null,
    recovery,
    statusText,
    survivors: state.survivors,
  }
}

/** What happens by itself next: a restart, another try of what it needs, or the next step of a stop. */
function nextOf({ state, spec }: Instance, now: number, wall: Date): InstanceStatus['next'] {
  const { retryAt, stopping, deadline, needs } = state
  const at = (when: number): string => new Date(wall.getTime() + when - now).toISOString()
  if (retryAt !== null) return { at: at(retryAt), what: 'restart' }
  if (needs !== null && needs.nextAt !== null) {
    return { at: at(needs.nextAt), what: `try ${needs.tries + 1}` }
  }
  if (stopping === null || deadline === null) return null
  return { at: at(deadline.extended), what: describeStep(spec.stop[stopping.step + 1]) }
}

function describeStep(step: StopStep | undefined): string {
  if (step === undefined) return 'it is given up'
  const { action } = step
  if (action.kind === 'command') return `the command ${action.command[0]}`
  const to = { leader: '', group: ' to its group', tree: ' to all its processes' }[action.to]
  return `${action.signal}${to}`
}

/** Where the logs of instances are, by id. */
export function logFilesOf(list: readonly Instance[]): ReadonlyMap<string, string> {
  return new Map(
    list.flatMap(({ id, channel }) => (channel?.file == null ? [] : [[id, channel.file]])),
  )
}
