import { isDeepStrictEqual } from 'node:util'
import type { ApplyChange } from '../model/ports/guard-api.ts'
import {
  type GuardSpec,
  isMovedByGuard,
  type LogPolicy,
  type ProgramSpec,
} from '../model/program-spec.ts'

/** Settings that the guard alone acts on: a program need not be started anew for them. */
export const IN_PLACE: ReadonlySet<string> = new Set([
  'description',
  'labels',
  'limits.memory',
  'limits.cpu',
  'autostart',
  'instances',
  'dependsOn',
  'needs',
  'needsTimeout',
  'restart',
  'startSeconds',
  'startTimeout',
  'health',
  'heartbeat',
  'stop',
  'reload',
  'reloadOn',
  'parameters',
  'restartAt',
  'log.format',
  'log.encoding',
  'log.rotate',
  'log.whenFull',
  'log.buffer',
  'log.severity',
  'log.sinks',
])

/** Settings that are maps of others, each of which counts by itself. */
export const MAPS: ReadonlySet<string> = new Set(['limits', 'log', 'windows'])

/**
 * What has to happen to each service for `old` to become `next`: services of `next` in its order,
 * then those that are gone. Settings are named as in stead.yaml, `limits.memory` for those in maps.
 */
export function diffGuardSpecs(old: GuardSpec, next: GuardSpec): ApplyChange[] {
  const before = new Map(old.services.map((service) => [service.name, service]))
  const after = new Set(next.services.map(({ name }) => name))
  const changes = next.services.map((service): ApplyChange => {
    const known = before.get(service.name)
    if (known === undefined) return { service: service.name, action: 'add', settings: [] }
    const settings = known === service ? [] : settingsThatDiffer(known, service)
    return { service: service.name, action: actionFor(settings, known, service), settings }
  })
  const gone = old.services.filter(({ name }) => !after.has(name))
  return [
    ...changes,
    ...gone.map(({ name }): ApplyChange => ({ service: name, action: 'remove', settings: [] })),
  ]
}

function actionFor(
  settings: readonly string[],
  old: ProgramSpec,
  next: ProgramSpec,
): ApplyChange['action'] {
  if (settings.length === 0) return 'nothing'
  const otherOutput = outputOf(old.log) !== outputOf(next.log)
  return otherOutput || settings.some((setting) => !IN_PLACE.has(setting)) ? 'restart' : 'in-place'
}

/** Where the output of a program is connected to, which it is at its start. */
export function outputOf(log: LogPolicy): string {
  return isMovedByGuard(log) ? 'guard' : log.format
}

function settingsThatDiffer(old: ProgramSpec, next: ProgramSpec): string[] {
  return differing(old, next).flatMap((key) => {
    if (!MAPS.has(key)) return [key]
    const name = key as 'limits' | 'log' | 'windows'
    return differing(old[name], next[name]).map((inner) => `${name}.${inner}`)
  })
}

function differing<T extends object>(old: T, next: T): string[] {
  const keys = Object.keys({ ...old, ...next }) as (keyof T & string)[]
  return keys.filter((key) => !isDeepStrictEqual(old[key], next[key]))
}
