import { isDeepStrictEqual } from 'node:util'

/** A value that nobody changes: maps and lists in it are frozen, whatever depth they have. */
export type Frozen<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T

/** One setting that is another one now; undefined is what is not there. */
export interface ChangedSetting {
  /** `['log', 'level']`. */
  readonly path: readonly string[]
  readonly before: unknown
  readonly after: unknown
}

/** A new configuration, while it is offered to the parts of a service. */
export interface ConfigChange<Config> {
  readonly old: Frozen<Config>
  readonly config: Frozen<Config>
  /** What differs, in the order of the settings. A list is one value. */
  readonly diff: readonly ChangedSetting[]
}

/** Takes a change on; throwing or rejecting refuses it. */
export type ConfigListener<Config> = (change: ConfigChange<Config>) => unknown

/** What differs between two configurations: maps are compared name by name, all else as a whole. */
export function changedSettings(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): ChangedSetting[] {
  if (!isMap(before) || !isMap(after))
    return isDeepStrictEqual(before, after) ? [] : [{ path, before, after }]
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name) => changedSettings(before[name], after[name], [...path, name]))
}

/** Freezes maps and lists; what else a schema makes, such as a Date, is left as it is. */
export function frozen(value: unknown): unknown {
  const seen = new Set<unknown>()
  const walk = (part: unknown): void => {
    if (!(Array.isArray(part) || isMap(part)) || seen.has(part)) return
    seen.add(part)
    Object.freeze(part)
    for (const inner of Object.values(part)) walk(inner)
  }
  walk(value)
  return value
}

function isMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const made: unknown = Object.getPrototypeOf(value)
  return made === null || made === Object.prototype
}
