import type { GuardHappening } from '../model/guard-event.ts'
import type { Clock } from '../model/ports/clock.ts'
import type { ProgramOutput } from '../model/ports/program-output.ts'
import type { Spawner, SpawnRequest } from '../model/ports/spawner.ts'
import type { Timers } from '../model/ports/timers.ts'
import type { Instance } from './instance.ts'
import type { InstanceState } from './state.ts'
import type { Watchers, WatchMeans, WatchReport } from './watchers.ts'

/** What an engine needs of the world. */
export interface EngineParts {
  readonly clock: Clock
  readonly timers: Timers
  /** In [0, 1): for jitter. */
  readonly random: () => number
  readonly spawner: Spawner
  readonly output: ProgramOutput
  readonly watchers: Watchers
  /** The request for a life of an instance; throws nothing: what is wrong is the spawner's to find. */
  readonly launch: (instance: Instance, incarnation: number, means: WatchMeans) => SpawnRequest
  /** Runs the command of a stop step for a program, and forgets it. */
  readonly runStep: (instance: Instance, command: readonly [string, ...string[]]) => void
  /** Writes down what a later guard has to know; called at once after each start. */
  readonly save: (instance: Instance) => void
  readonly tell: (happening: GuardHappening) => void
  /** A program was asked how it is. */
  readonly probed: (id: string, ...told: Parameters<WatchReport['probed']>) => void
  /** An instance failed: for the groups it is in. */
  readonly failed: (instance: Instance, fatal: boolean) => void
  /** Everything about an instance has come to rest for the moment. */
  readonly changed: (instance: Instance, before: InstanceState) => void
}
