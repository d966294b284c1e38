import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Fingerprint } from '../model/instance-record.ts'
import { PROGRAM_DEFAULTS, type ProgramSpec } from '../model/program-spec.ts'
import { IN_PLACE, MAPS, outputOf } from './diff-guard-spec.ts'

/** Digits of hex: two settings that differ have the same digest once in four thousand million times. */
const LENGTH = 8
/** How its output is connected, which several settings say together; no setting that is in place. */
const OUTPUT = 'log'

const known = new WeakMap<ProgramSpec, Fingerprint>()

/**
 * What a program is started with, as digests: it can be compared with what it would be started with
 * later, by another version too, and tells no value. Settings that have their default are left out, so
 * that a setting which a later version knows changes nothing.
 */
export function fingerprintOf(spec: ProgramSpec): Fingerprint {
  const found = known.get(spec)
  if (found !== undefined) return found
  const made = Object.fromEntries(
    settingsOf(spec).map(([setting, value]) => [setting, digestOf(value)]),
  )
  known.set(spec, made)
  return made
}

/** The settings in which two starts differ, named as in stead.yaml. */
export function settingsBetween(before: Fingerprint, after: Fingerprint): readonly string[] {
  return Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key])
}

/** Whether a program has to be started anew for changes of these settings. */
export function needRestart(settings: readonly string[]): boolean {
  return settings.some((setting) => !IN_PLACE.has(setting))
}

function settingsOf({ name: _, ...spec }: ProgramSpec): (readonly [string, unknown])[] {
  const own = differing(PROGRAM_DEFAULTS, spec).flatMap(([key, value]) => {
    if (!MAPS.has(key)) return [[key, value] as const]
    const name = key as 'limits' | 'log' | 'windows'
    return differing(PROGRAM_DEFAULTS[name], spec[name]).map(
      ([inner, one]) => [`${name}.${inner}`, one] as const,
    )
  })
  const output = outputOf(spec.log)
  return output === outputOf(PROGRAM_DEFAULTS.log) ? own : [...own, [OUTPUT, output]]
}

function differing(defaults: object, spec: object): (readonly [string, unknown])[] {
  const usual: Readonly<Record<string, unknown>> = { ...defaults }
  return Object.entries(spec).filter(([key, value]) => !isDeepStrictEqual(usual[key], value))
}

function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex')
    .slice(0, LENGTH)
}

/** Of maps the order says nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, inOrder(one)])
}
