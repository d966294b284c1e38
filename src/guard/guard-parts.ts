import type { GuardEvent, GuardHappening } from '../model/guard-event.ts'
import type { OwnUsage } from '../model/guard-metrics.ts'
import type { GuardFacts } from '../model/guard-status.ts'
import type { StateStore } from '../model/instance-record.ts'
import type { EventStream, GuardApi } from '../model/ports/guard-api.ts'
import type { ListenSockets } from '../model/ports/listen-sockets.ts'
import type { TreeUsage } from '../model/ports/tree-usage.ts'
import type { ConfigurationParts } from './configuration.ts'
import type { EngineParts } from './engine.ts'
import type { DeliveryParts } from './parameter-delivery.ts'

/** The log of events: numbered, on disk, bounded. */
export interface GuardEvents {
  append(happening: GuardHappening): GuardEvent
  since(number: number, limit: number): readonly GuardEvent[]
  subscribe(
    snapshot: () => EventStream['snapshot'],
    since: number | null,
    signal: AbortSignal,
  ): EventStream
  readonly newest: number
  /** Events that could not be stored. */
  lost(): number
}

export interface GuardParts
  extends Pick<
      EngineParts,
      'clock' | 'timers' | 'random' | 'spawner' | 'output' | 'watchers' | 'launch' | 'runStep'
    >,
    Pick<ConfigurationParts, 'readSpec' | 'compare' | 'applied' | 'history'> {
  /** What its programs carry in their environment; the same for every guard of this project and home. */
  readonly guardId: string
  readonly facts: Omit<GuardFacts, 'event'>
  /** How the remote source of its settings is; undefined where there is none. */
  readonly remote?: () => GuardFacts['remote']
  /** How those are who are told of events. */
  readonly outlets?: () => NonNullable<GuardFacts['outlets']>
  readonly events: GuardEvents
  readonly store: StateStore
  /** What was set of its services' parameters, and where their programs are told. */
  readonly parameters: Pick<DeliveryParts, 'held' | 'places'>
  /** Runs a command as a program of its own, beside it. */
  readonly runCommand: DeliveryParts['run']
  readonly sockets: Pick<ListenSockets, 'take' | 'close'>
  readonly usage: TreeUsage
  /** What the guard's own process uses. */
  readonly own: () => OwnUsage
}

export interface Guard {
  readonly api: GuardApi
  /** Takes on what an earlier guard left, and starts what is to run. Returns how many were taken on. */
  start(): number
  /** SIGKILL to everything that still lives: a second Ctrl-C. */
  force(): void
  /** Resolves when the guard has ended: its programs too, or kept. */
  readonly ended: Promise<{ readonly kept: boolean; readonly failed: readonly string[] }>
}
