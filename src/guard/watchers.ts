import type { ExitCause, InstanceDetail, ProbeFact } from '../model/guard-status.ts'
import type { OpenSocket } from '../model/ports/listen-sockets.ts'
import type { ProbeOutcome } from '../model/ports/probe.ts'
import type { OutputChannel } from '../model/ports/program-output.ts'
import type { ProcessIdentity, SpawnDescriptor } from '../model/ports/spawner.ts'
import type { UnmetNeed } from '../model/program-needs.ts'
import type { ProgramSpec } from '../model/program-spec.ts'

/** One life of one instance, to be watched. */
export interface WatchTarget {
  readonly id: string
  readonly service: string
  readonly incarnation: number
  readonly spec: ProgramSpec
  readonly identity: ProcessIdentity
  readonly channel: OutputChannel | null
  /** Controllers of its control group: what they limit is not measured. */
  readonly holds?: readonly string[]
}

/** An instance that is to be started once everything that it needs is there. */
export type NeedsTarget = Pick<WatchTarget, 'id' | 'service' | 'spec'>

/** What watching finds out. Whatever is told after `stop` is discarded. */
export interface WatchReport {
  ready(ready: boolean): void
  health(healthy: boolean, why: string, since: number): void
  fault(cause: ExitCause, why: string, since: number): void
  /** The program's own words. */
  status(text: string): void
  /** It was asked how it is, whatever came of it. */
  probed(kind: ProbeFact['kind'], outcome: ProbeOutcome): void
  /** What it says of its life; times are of the monotonic clock. */
  said(word: ProgramWord): void
}

/** What sd_notify(3) has words for, beside readiness, watchdog and status. */
export type ProgramWord =
  | { readonly type: 'extend'; readonly within: number }
  | { readonly type: 'reloading'; readonly since: number }
  | { readonly type: 'reloaded' }
  | { readonly type: 'ending' }
  /** By whom that was said is the kernel's word. */
  | { readonly type: 'main'; readonly pid: number; readonly speaker: number }

/** The watching of one life. */
export interface Watch {
  /** A heartbeat came. */
  beat(): void
  facts(): Pick<InstanceDetail, 'probes' | 'heartbeat'>
  /** Tells at once what the program has said and nobody has heard yet: its last words before its end. */
  catchUp(): void
  stop(): void
}

/** What a program is given at its start so that it can tell how it is. */
export interface WatchMeans {
  readonly env: Readonly<Record<string, string>>
  /** Descriptors from 3 on, by number. */
  readonly descriptors: ReadonlyMap<number, SpawnDescriptor>
  /** What an earlier life of it left with the guard, to be given back. */
  readonly stored?: readonly OpenSocket[]
}

/** Everything that tells the engine how a living program is: probes, notifications, beats, limits, schedules. */
export interface Watchers {
  /** Synchronous; called before each start, so that nothing a program says at once is missed. */
  prepare(
    id: string,
    spec: ProgramSpec,
    incarnation: number,
    channel?: OutputChannel | null,
  ): WatchMeans
  /**
   * One try of everything that it needs, all at the same time.
   *
   * @param told called once, later, with what is missing
   * @returns ends the try; nothing is told then
   */
  needs(target: NeedsTarget, told: (unmet: readonly UnmetNeed[]) => void): () => void
  /** Until it is ready. */
  readiness(target: WatchTarget, report: WatchReport): Watch
  /** Once it is ready, until its end. */
  life(target: WatchTarget, report: WatchReport): Watch
  /** While it is being ended: only what it says itself. */
  end(target: WatchTarget, report: WatchReport): Watch
  /** Whether a program of that spec is given a way to speak by sd_notify(3). */
  hears(spec: ProgramSpec): boolean
  /** Nothing but a request starts it again: what it left for its next life is given up. */
  rest(id: string): void
  /** The instance will not be started again. */
  forget(id: string): void
}
