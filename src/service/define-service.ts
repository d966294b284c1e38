import { SteadError } from '../errors.ts'
import { parseDuration } from '../model/duration.ts'
import type { PowerEvent, SessionEvent, TimeChangeEvent } from '../model/machine-events.ts'
import type { ParameterSpec } from '../model/parameter.ts'
import {
  type NoParameters,
  type ParameterDeclarations,
  readDeclarations,
} from '../model/parameter-declaration.ts'
import { serviceName } from '../model/service-name.ts'
import { SPEC_DEFAULTS } from '../model/service-spec.ts'
import { isStandardSchema, type StandardSchemaV1 } from '../model/standard-schema.ts'
import type { ServiceContext } from './context.ts'

/** Text such as `90s` or `2m`. */
export type DurationText = string

type Step<Config, P extends ParameterDeclarations> = (
  context: ServiceContext<Config, P>,
) => void | Promise<void>

/** Is told of something; what it throws is logged, and the service goes on. */
export type Handler<T, Config = undefined, P extends ParameterDeclarations = NoParameters> = (
  context: ServiceContext<Config, P>,
  event: T,
) => void | Promise<void>

/** What one writes to have a service. Only `name` and `start` are needed. */
export interface ServiceDefinition<
  Config = undefined,
  P extends ParameterDeclarations = NoParameters,
> {
  /** 1 to 80 letters, digits, `-`, `_`, `.`: good for every manager. */
  readonly name: string
  readonly displayName?: string
  readonly description?: string
  /**
   * What its configuration has to be, as any schema of Standard Schema says (zod, valibot, …): then
   * `context.config` is what the schema makes of the file that `--config` names, of variables
   * `STEAD_CONFIG__a__b`, and of `--set a.b=value`. It is read before `start`, and again at each reload;
   * a wrong one fails the start with the exit code 6, and is refused at a reload.
   */
  readonly config?: StandardSchemaV1<unknown, Config>
  /** With `config`: a change of its files is a reload as well. Default false. */
  readonly watchConfig?: boolean
  /**
   * What an operator may change while it runs (`stead set NAME key=value`), by name: then
   * `context.parameters` has the values, and `context.onParameter` is asked before they change.
   */
  readonly parameters?: P
  /** Resolves when the service is ready. Throwing, rejecting or taking longer than `startTimeout` is a failure. */
  readonly start: Step<Config, P>
  /** Runs before the functions given to `context.onStop`. */
  readonly stop?: Step<Config, P>
  /** With `resume` it makes the service one that can be paused. A rejection refuses: it goes on running. */
  readonly pause?: Step<Config, P>
  readonly resume?: Step<Config, P>
  /** Takes new configuration, after `context.onConfig`. A rejection refuses: it goes on with the old. */
  readonly reload?: Step<Config, P>
  /** A code of the operator's own, 128 to 255 (`sc control NAME 128`). */
  readonly onCustom?: Handler<number, Config, P>
  /** A session of a user changed: logged on, locked, connected… Windows as a service alone tells it. */
  readonly onSession?: Handler<SessionEvent, Config, P>
  /** The machine goes to sleep or is awake again, or its power changed. Windows alone tells it. */
  readonly onPower?: Handler<PowerEvent, Config, P>
  /** The system's clock was set. Windows alone tells it. */
  readonly onTimeChange?: Handler<TimeChangeEvent, Config, P>
  /** How long `start`, `pause`, `resume` and `reload` may take. Default `90s`. */
  readonly startTimeout?: DurationText
  /** How long everything of a stop may take together. Default `10s`. */
  readonly stopTimeout?: DurationText
  /**
   * The longest silence between two calls of `context.heartbeat()`. Under systemd it becomes
   * WatchdogSec; elsewhere stead watches itself. Without it the event loop is what is watched.
   */
  readonly watchdog?: DurationText
}

/** A checked definition, as `run` takes it. Times are milliseconds. */
export interface Service
  extends Omit<
    ServiceDefinition<unknown>,
    | 'startTimeout'
    | 'stopTimeout'
    | 'watchdog'
    | 'displayName'
    | 'description'
    | 'config'
    | 'watchConfig'
    | 'parameters'
  > {
  readonly config: StandardSchemaV1 | null
  readonly watchConfig: boolean
  readonly parameters: readonly ParameterSpec[]
  readonly displayName: string | null
  readonly description: string | null
  readonly startTimeout: number
  readonly stopTimeout: number
  readonly watchdog: number | null
}

/**
 * Checks a service's definition, at once and completely, so that a typing error shows when the
 * program starts and not when somebody first pauses it.
 *
 * @throws NAME_INVALID, SPEC_INVALID with every problem found
 */
export function defineService<
  Config = undefined,
  const P extends ParameterDeclarations = NoParameters,
>(definition: ServiceDefinition<Config, P>): Service {
  const name = serviceName(definition.name)
  const problems: string[] = []
  const duration = (key: 'startTimeout' | 'stopTimeout' | 'watchdog'): number | null => {
    const text = definition[key]
    if (text === undefined) return null
    const value = typeof text === 'string' ? parseDuration(text) : null
    if (value === null || value === 0) {
      problems.push(`${key}: ${JSON.stringify(text)} is not a duration such as "90s"`)
    }
    return value
  }
  for (const key of FUNCTIONS) {
    const value = definition[key]
    if (
      key === 'start'
        ? typeof value !== 'function'
        : value !== undefined && typeof value !== 'function'
    ) {
      problems.push(`${key}: it has to be a function`)
    }
  }
  if ((definition.pause === undefined) !== (definition.resume === undefined)) {
    problems.push('pause and resume: one is of no use without the other')
  }
  const { config = null, watchConfig = false } = definition
  if (config !== null && !isStandardSchema(config))
    problems.push('config: it has to be a schema of Standard Schema, such as one of zod or valibot')
  if (typeof watchConfig !== 'boolean') problems.push('watchConfig: it has to be true or false')
  if (watchConfig && config === null) problems.push('watchConfig: it is of no use without config')
  const parameters = readDeclarations(definition.parameters ?? {})
  for (const { path, message } of parameters.problems)
    problems.push(`${['parameters', ...path].join('.')}: ${message}`)
  for (const key of Object.keys(definition)) {
    if (!KEYS.has(key)) problems.push(`${key}: there is no such setting`)
  }
  const service: Service = {
    // The functions are given a context with the configuration that their own schema makes.
    ...(definition as unknown as ServiceDefinition<unknown>),
    config,
    watchConfig,
    parameters: parameters.specs,
    name,
    displayName: definition.displayName ?? null,
    description: definition.description ?? null,
    startTimeout: duration('startTimeout') ?? SPEC_DEFAULTS.startTimeout,
    stopTimeout: duration('stopTimeout') ?? SPEC_DEFAULTS.stopTimeout,
    watchdog: duration('watchdog'),
  }
  if (problems.length > 0)
    throw new SteadError('SPEC_INVALID', { source: `service ${name}`, problems })
  return Object.freeze(service)
}

const FUNCTIONS = [
  'start',
  'stop',
  'pause',
  'resume',
  'reload',
  'onCustom',
  'onSession',
  'onPower',
  'onTimeChange',
] as const

const KEYS: ReadonlySet<string> = new Set<keyof ServiceDefinition>([
  ...FUNCTIONS,
  'name',
  'displayName',
  'description',
  'config',
  'watchConfig',
  'parameters',
  'startTimeout',
  'stopTimeout',
  'watchdog',
])
