import type {
  NoParameters,
  ParameterDeclarations,
  ParametersOf,
} from '../model/parameter-declaration.ts'
import type { HostKind } from '../model/ports/host.ts'
import type { ConfigListener, Frozen } from './config-change.ts'
import type { ParametersListener } from './live-parameters.ts'
import type { Logger } from './logger.ts'

/** Why a service stops; the reason of `context.signal` when it is aborted. */
export type StopReason = 'request' | 'shutdown' | 'preshutdown' | 'interrupt' | 'done' | 'failure'

/** What a service's functions are given: the same object for its whole life. */
export interface ServiceContext<
  Config = undefined,
  Parameters extends ParameterDeclarations = NoParameters,
> {
  /** Aborted when stopping begins; `signal.reason` is a {@link StopReason}. Hand it to what can be cancelled. */
  readonly signal: AbortSignal
  /** Who runs this process. */
  readonly host: HostKind
  /** The file that `--config` named, at installation or now; null where there was none. */
  readonly configFile: string | null
  /**
   * What `config` of the definition makes of the settings: always the newest that was accepted, and
   * frozen. Look at it each time; what was taken out of it stays what it was.
   */
  readonly config: Frozen<Config>
  /**
   * What `parameters` of the definition are at present: as declared, or as an operator has set them
   * (`stead set`). Always the newest that were accepted, and frozen. Durations are milliseconds.
   */
  readonly parameters: ParametersOf<Parameters>
  /** What an operator gave to this one start, where the manager knows such a thing (`sc start NAME a b`). */
  readonly startArguments: readonly string[]
  readonly logger: Logger
  /**
   * Registers what has to be done at a stop. The functions run one after the other, the last
   * registered first; each runs whatever the others do. After a stop has begun it still runs.
   */
  onStop(cleanup: (reason: StopReason) => unknown): void
  /**
   * Takes changes of the configuration on, before they hold: while it is called, `config` is still the
   * old one. To throw, or to reject, is to refuse: the old one stays, and those that had accepted are
   * called again with the two exchanged. One that cannot go back then ends the service.
   *
   * @throws SPEC_INVALID where the definition has no `config`
   */
  onConfig(listener: ConfigListener<Config>): void
  /**
   * Takes new values of parameters on, before they hold: while it is called, `parameters` are still
   * the old ones. To throw, or to reject, is to refuse: whoever set them is told why, and those that
   * had accepted are called again with the two exchanged.
   */
  onParameter(listener: ParametersListener<ParametersOf<Parameters>>): void
  /** One line for people, shown by `stead status` where the manager has a place for it. */
  status(text: string): void
  /** What is under way (start, stop, reload, …) may take `milliseconds` more from now on. */
  extendTimeout(milliseconds: number): void
  /** "I am well." From the first call on, the watchdog is fed by these calls alone. */
  heartbeat(): void
  /** The work is done: stops in order, and ends with success, after which no manager starts it again. */
  done(): void
  /** Gives up: stops in order, and ends as a failure with this error as the reason. */
  fail(error: unknown): void
}
