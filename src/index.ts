/** The front door of the library. */
export {
  createLocalServer,
  type LocalAccess,
  type LocalAnswer,
  type LocalRequest,
  type LocalServer,
  type LocalServerOptions,
  type Role,
} from './cli/local-server.ts'
export { run } from './cli/run.ts'
export { type ErrorCode, isSteadError, SteadError } from './errors.ts'
export type {
  PowerEvent,
  SessionChange,
  SessionEvent,
  TimeChangeEvent,
} from './model/machine-events.ts'
export type {
  NoParameters,
  ParameterDeclaration,
  ParameterDeclarations,
  ParametersOf,
} from './model/parameter-declaration.ts'
export type { HostKind } from './model/ports/host.ts'
export type { StandardSchemaV1 } from './model/standard-schema.ts'
export type {
  ChangedSetting,
  ConfigChange,
  ConfigListener,
  Frozen,
} from './service/config-change.ts'
export type { ServiceContext, StopReason } from './service/context.ts'
export {
  defineService,
  type Handler,
  type Service,
  type ServiceDefinition,
} from './service/define-service.ts'
export { EXIT as EXIT_CODES } from './service/exit-codes.ts'
export type { ParametersChange, ParametersListener } from './service/live-parameters.ts'
export type { Logger } from './service/logger.ts'
