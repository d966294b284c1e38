/** `stead/client`: a running guard, from a program of your own. */
export {
  type Client,
  type ConnectOptions,
  connect,
  type Which,
} from './cli/connect.ts'
export type { AuditLine } from './control/audit-chain.ts'
export type { AuditProblem, AuditReport } from './control/audit-verify.ts'
export type { LogPiece, LogQuery } from './control/client.ts'
export type { FollowOptions } from './control/follow-events.ts'
export { type ErrorCode, isSteadError, SteadError } from './errors.ts'
export type {
  ConfigOutcome,
  ConfigRefusal,
  ConfigSources,
  ConfigVersion,
} from './model/config-version.ts'
export type { Exit } from './model/exit.ts'
export type { GuardEvent, GuardHappening, GuardSnapshot } from './model/guard-event.ts'
export type { GraphService, GuardGraph } from './model/guard-graph.ts'
export type {
  ConfigFacts,
  ExitCause,
  ExitRecord,
  GroupFact,
  GuardFacts,
  GuardStatus,
  GuardUsage,
  Health,
  InstanceDetail,
  InstanceStatus,
  InstanceUsage,
  ProbeFact,
  ProgramPhase,
  RecoveryFact,
  WantFact,
} from './model/guard-status.ts'
export type {
  ParameterChange,
  ParameterFact,
  ParameterOutcome,
  ParameterRequest,
  ParameterResult,
  ParameterValue,
} from './model/parameter.ts'
export type {
  ApplyChange,
  EventGap,
  GuardVerb,
  HistoryRecord,
  Selection,
  VerbOptions,
  VerbResult,
} from './model/ports/guard-api.ts'
