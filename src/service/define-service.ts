import { SteadError } from '../errors.ts'
import { parseDuration } from '../model/duration.ts'
import type { PowerEvent, SessionEvent, TimeChangeEvent } from '../model/machine-events.ts'
import { serviceName } from '../model/service-name.ts'
import { SPEC_DEFAULTS } from '../model/service-spec.ts'
import type { ServiceContext } from './context.ts'

/** Text such as `90s` or `2m`. */
export type DurationText = string

type Step = (context: ServiceContext) => void | Promise<void>

/** Is told of something; what it throws is logged, and the service goes on. */
export type Handler<T> = (context: ServiceContext, event: T) => void | Promise<void>

/** What one writes to have a service. Only `name` and `start` are needed. */
export interface ServiceDefinition {
  /** 1 to 80 letters, digits, `-`, `_`, `.`: good for every manager. */
  readonly name: string
  readonly displayName?: string
  readonly description?: string
  /** Resolves when the service is ready. Throwing, rejecting or taking longer than `startTimeout` is a failure. */
  readonly start: Step
  /** Runs before the functions given to `context.onStop`. */
  readonly stop?: Step
  /** With `resume` it makes the service one that can be paused. A rejection refuses: it goes on running. */
  readonly pause?: Step
  readonly resume?: Step
  /** Takes new configuration. A rejection refuses: it goes on with the old. */
  readonly reload?: Step
  /** A code of the operator's own, 128 to 255 (`sc control NAME 128`). */
  readonly onCustom?: Handler<number>
  /** A session of a user changed: logged on, locked, connected… Windows as a service alone tells it. */
  readonly onSession?: Handler<SessionEvent>
  /** The machine goes to sleep or is awake again, or its power changed. Windows alone tells it. */
  readonly onPower?: Handler<PowerEvent>
  /** The system's clock was set. Windows alone tells it. */
  readonly onTimeChange?: Handler<TimeChangeEvent>
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
    ServiceDefinition,
    'startTimeout' | 'stopTimeout' | 'watchdog' | 'displayName' | 'description'
  > {
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
export function defineService(definition: ServiceDefinition): Service {
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
  for (const key of Object.keys(definition)) {
    if (!KEYS.has(key)) problems.push(`${key}: there is no such setting`)
  }
  const service: Service = {
    ...definition,
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
  'startTimeout',
  'stopTimeout',
  'watchdog',
])
