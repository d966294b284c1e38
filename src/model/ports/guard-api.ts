import type { GuardAccess } from '../access.ts'
import type { ConfigCause, ConfigSources, ConfigVersion } from '../config-version.ts'
import type { GuardEvent, GuardSnapshot } from '../guard-event.ts'
import type { GuardGraph } from '../guard-graph.ts'
import type { GuardMetrics } from '../guard-metrics.ts'
import type {
  ExitRecord,
  GroupFact,
  GuardFacts,
  GuardStatus,
  GuardUsage,
  InstanceDetail,
  InstanceStatus,
} from '../guard-status.ts'
import type { ParameterFact, ParameterRequest, ParameterResult } from '../parameter.ts'
import type { GuardSpec } from '../program-spec.ts'

export type GuardVerb =
  | 'start'
  | 'stop'
  | 'restart'
  | 'reload'
  | 'pause'
  | 'resume'
  | 'once'
  | 'hold'

/** Who asks, from the peer credentials of the connection; over TCP by what it showed. */
export interface Caller {
  readonly uid: number | null
  readonly pid: number | null
  readonly gid?: number | null
  /** Its other groups, when it connected. */
  readonly groups?: readonly number[]
  /** On Windows, where users have no numbers: the SID of its user, `S-1-5-…`. */
  readonly sid?: string
  /** SIDs of the groups that grant it something. */
  readonly sids?: readonly string[]
  /** On Windows: `DOMAIN\\name`. */
  readonly user?: string
  /** Over TCP: `token NAME` or `certificate NAME`. */
  readonly identity?: string
  /** Over TCP: the address that it comes from. */
  readonly address?: string
}

/**
 * Which services a verb is for. Names, `NAME@INSTANCE`, group names and globs (`web-*`), joined; and
 * labels, which all have to fit. `names` empty with no labels: all.
 */
export interface Selection {
  readonly names: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  /** Services beside these are not there for the caller: neither found, nor suggested. */
  readonly only?: ReadonlySet<string>
}

/** What is asked how it is. */
export interface StatusSelection extends Selection {
  /** Also what is being removed and still stops, which can be looked at and not acted on; not, by default. */
  readonly removing?: boolean
}

export interface VerbOptions {
  /** Resolve only when it has come about (default), or as soon as it is begun. */
  readonly wait?: boolean
  /** `restart`: one instance after the other, each ready before the next. */
  readonly rolling?: boolean
}

/** How one instance answered to a verb; `error` is a code of `errors.ts` with its parameters. */
export interface VerbResult {
  readonly id: string
  readonly done: boolean
  readonly status: InstanceStatus
  readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null
}

export interface ApplyChange {
  readonly service: string
  readonly action: 'add' | 'remove' | 'restart' | 'in-place' | 'nothing'
  /** Settings that differ. */
  readonly settings: readonly string[]
}

/** A life that ended, and whose it was. */
export interface HistoryRecord extends ExitRecord {
  readonly id: string
}

/** Events of these numbers, both included, are no longer there to be told. */
export interface EventGap {
  readonly gap: { readonly from: number; readonly to: number }
}

export interface EventStream {
  readonly snapshot: GuardSnapshot
  /**
   * Without a number to begin from: everything after the snapshot, in order. With one: everything
   * from it on, where events up to `snapshot.number` are history that the snapshot has in it. A
   * reader that is too slow, or asks for what is no longer kept, gets a gap for what it missed.
   */
  readonly events: AsyncIterable<GuardEvent | EventGap>
}

/**
 * What a guard does for those who connect to it. Every method may throw a SteadError; its code,
 * message and hint are what the other side sees.
 */
export interface GuardApi {
  facts(): GuardFacts
  /** Who may do what, for those who let callers in. */
  access(): GuardAccess
  status(selection: StatusSelection): GuardStatus
  detail(id: string): Promise<InstanceDetail>
  /** What they use; measured because somebody asks, and for those who ask at the same time together. */
  usage(selection: Selection): Promise<GuardUsage>
  /** Who needs whom, and how each is; what of it is not selected is left out. */
  graph(selection: Selection): GuardGraph
  /** Everything there is to measure; one look serves all who ask within a second. */
  metrics(selection: Selection): Promise<GuardMetrics>
  groups(): readonly GroupFact[]
  /** In parallel over everything selected; never waits for another verb. @throws NOT_INSTALLED for a name nothing fits */
  act(
    verb: GuardVerb,
    selection: Selection,
    caller: Caller,
    options: VerbOptions,
  ): Promise<readonly VerbResult[]>
  signal(
    selection: Selection,
    signal: string,
    to: 'leader' | 'group' | 'tree',
  ): readonly VerbResult[]
  scale(service: string, instances: number, caller: Caller): Promise<readonly VerbResult[]>
  /**
   * Reads stead.yaml (or takes `text` for it), compares, and with `dryRun` false carries it out. With
   * `trial`, milliseconds, what it changes is watched so long; left out, it is as the file says.
   */
  apply(
    options: {
      readonly text: string | null
      readonly dryRun: boolean
      readonly trial?: number | null
      readonly cause?: ConfigCause
    },
    caller: Caller,
  ): Promise<readonly ApplyChange[]>
  /** What was taken before, the newest last. */
  versions(): readonly ConfigVersion[]
  /** The texts of a version. @throws VERSION_UNKNOWN */
  versionSources(number: number): ConfigSources
  /** Takes a version anew. @throws VERSION_UNKNOWN, GUARD_FILE_INVALID */
  rollback(number: number, caller: Caller): Promise<readonly ApplyChange[]>
  /**
   * What runs (as it was configured), and what was read last: the same, until `reread` has found
   * something else. Holds environments: what is told to others is chosen setting by setting.
   */
  configuration(): { readonly current: GuardSpec; readonly offered: GuardSpec }
  /** Reads stead.yaml anew and keeps it as what is offered. Nothing else follows. */
  reread(caller: Caller): Promise<readonly ApplyChange[]>
  /** Carries out what is offered for these services alone, those that are offered no more too. */
  takeOver(services: readonly string[], caller: Caller): Promise<readonly ApplyChange[]>
  /** Stops and removes services that stay configured: `takeOver` and `apply` bring them back. */
  dismiss(services: readonly string[], caller: Caller): Promise<readonly ApplyChange[]>
  /** Empties the present log of each; rotated files stay. */
  clearLogs(selection: Selection, caller: Caller): Promise<readonly VerbResult[]>
  /** Run-time parameters of one service. @throws NOT_INSTALLED */
  parameters(service: string): readonly ParameterFact[]
  /**
   * Sets several of them, or resets them: all, or none where one is wrong or refused.
   *
   * @throws PARAMETERS_NONE, PARAMETER_INVALID, PARAMETER_REFUSED
   */
  setParameters(
    service: string,
    request: ParameterRequest,
    caller: Caller,
  ): Promise<ParameterResult>
  beat(id: string, caller: Caller): void
  /** Ends of each instance, newest first. */
  history(selection: Selection): readonly HistoryRecord[]
  /** Events kept on disk from `since` on (0 for all, null for none), then the live ones. */
  events(since: number | null, signal: AbortSignal): EventStream
  /** Past events from `since` on, at most `limit`. */
  pastEvents(since: number, limit: number): readonly GuardEvent[]
  /** Where the log of an instance is. */
  logFile(id: string): string | null
  /** Where the logs of many are, by id; those without one are not in it. */
  logFiles(selection: Selection): ReadonlyMap<string, string>
  /** Stops everything in order and ends the guard; with `keep` the programs go on. */
  shutdown(options: { readonly keep: boolean }, caller: Caller): Promise<void>
}
