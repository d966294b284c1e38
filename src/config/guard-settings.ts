import { isSealed } from '../model/ports/secret-opener.ts'
import { PROGRAM_DEFAULTS, type ProgramSpec, type StopStep } from '../model/program-spec.ts'
import type { GuardSettings, RestartPolicy } from '../model/service-spec.ts'
import { SPEC_DEFAULTS } from '../model/service-spec.ts'
import { logOf, needsTimeoutOf, restartOf } from './complete-settings.ts'
import type { ServiceSettings } from './spec-schema.ts'

/** Settings of a service file that a guard knows, and a manager does not. */
const WHOLE = [
  'ready',
  'health',
  'heartbeat',
  'startSeconds',
  'stop',
  'reload',
  'reloadOn',
  'restartAt',
  'cgroup',
  'log',
] as const

const OF_RESTART = ['strategy', 'immediate', 'factor', 'maxDelay', 'jitter'] as const

/**
 * What a service file asks for beyond what managers know; null where it asks for nothing of it. What
 * it leaves out is as in stead.yaml.
 */
export function guardSettingsOf(settings: ServiceSettings): GuardSettings | null {
  const asked = askedOf(settings)
  if (asked.length === 0) return null
  const { restart = {}, log = {}, protocol } = settings
  const { file, sinks, ...rest } = log
  return {
    asked,
    ready:
      settings.ready === undefined
        ? protocol === 'native'
          ? { kind: 'notify' }
          : PROGRAM_DEFAULTS.ready
        : settings.ready,
    health: settings.health ?? PROGRAM_DEFAULTS.health,
    heartbeat: settings.heartbeat ?? PROGRAM_DEFAULTS.heartbeat,
    needs: settings.needs ?? PROGRAM_DEFAULTS.needs,
    needsTimeout: needsTimeoutOf(settings.needsTimeout),
    stop: settings.stop ?? stopWithin(settings.stopTimeout),
    reload: settings.reload ?? PROGRAM_DEFAULTS.reload,
    restart: restartOf(restart),
    // Paths are made whole where it is known what they are relative to.
    reloadOn: settings.reloadOn ?? [],
    restartAt: settings.restartAt ?? PROGRAM_DEFAULTS.restartAt,
    cgroup: settings.cgroup ?? PROGRAM_DEFAULTS.cgroup,
    startSeconds: settings.startSeconds ?? PROGRAM_DEFAULTS.startSeconds,
    log: {
      ...logOf({}, rest, '/'),
      file: file ?? null,
      sinks: sinks ?? [],
    } satisfies ProgramSpec['log'],
  }
}

/** The part of the restart policy that every manager knows. */
export function plainRestartOf({ restart }: ServiceSettings): RestartPolicy {
  const { restart: standard } = SPEC_DEFAULTS
  const { when, delay, limit } = restart ?? {}
  return {
    // Named exits are the guard's matter, and such a plan has one.
    when: typeof when === 'string' ? when : standard.when,
    delay: delay ?? standard.delay,
    limit: limit === undefined ? standard.limit : limit,
  }
}

function askedOf(settings: ServiceSettings): readonly string[] {
  const { restart = {}, env = {}, protocol, needs = [], needsTimeout } = settings
  // A program of the SDK opens them itself; for any other somebody has to who stands before it.
  const sealed = Object.keys(env).filter((name) => isSealed(env[name] ?? ''))
  return [
    ...(protocol === 'native' ? [] : sealed.map((name) => `env.${name}`)),
    ...(typeof restart.when === 'object' ? ['restart.when'] : []),
    ...OF_RESTART.filter((key) => restart[key] !== undefined).map((key) => `restart.${key}`),
    ...(needs.length > 0 ? ['needs'] : []),
    ...(needs.length > 0 && needsTimeout !== undefined ? ['needsTimeout'] : []),
    // False takes back what would hold otherwise, and asks for nothing.
    ...WHOLE.filter((key) => ![undefined, null, false].includes(settings[key] as never)),
  ]
}

function stopWithin(timeout = SPEC_DEFAULTS.stopTimeout as number): readonly StopStep[] {
  const [ask, kill] = PROGRAM_DEFAULTS.stop
  return [{ ...ask, wait: timeout }, kill]
}
