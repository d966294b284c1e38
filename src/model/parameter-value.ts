import { formatDuration, parseDuration } from './duration.ts'
import type { ParameterSpec, ParameterValue } from './parameter.ts'
import { parseSize } from './size.ts'
import { suggest } from './suggest.ts'

/** A string without a `max` of its own is no longer. */
export const LONGEST_TEXT = 1_000

/** Values longer than this are not repeated whole in a message. */
const SHOWN = 60

export type ReadValue = { readonly value: ParameterValue } | { readonly problem: string }

/**
 * Reads a value as it is given for a parameter: a text of a command line, or what JSON says.
 *
 * @returns the value, or what is wrong with it, with what it may be
 */
export function readParameter(spec: ParameterSpec, given: unknown): ReadValue {
  const value = typedValue(spec, given)
  if (value !== null && isWithin(spec, value)) return { value }
  const near =
    spec.type === 'enum' && typeof given === 'string' ? suggest(given, spec.values) : null
  const meant = near === null ? '' : `; did you mean ${near}?`
  return { problem: `${spec.name}: ${shown(given)} is not ${rangeOf(spec)}${meant}` }
}

function typedValue({ type }: ParameterSpec, given: unknown): ParameterValue | null {
  switch (type) {
    case 'boolean':
      if (typeof given === 'boolean') return given
      return typeof given === 'string' ? (WORDS.get(given.toLowerCase()) ?? null) : null
    case 'integer':
    case 'number': {
      const number = numberOf(given)
      return number !== null && (type === 'number' || Number.isSafeInteger(number)) ? number : null
    }
    case 'duration':
      if (typeof given === 'string') return parseDuration(given)
      return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0 ? given : null
    case 'bytes':
      if (typeof given === 'string') return parseSize(given)
      return typeof given === 'number' && Number.isSafeInteger(given) && given >= 0 ? given : null
    case 'string':
    case 'enum':
      return typeof given === 'string' ? given : null
  }
}

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
])

function numberOf(given: unknown): number | null {
  if (typeof given === 'number') return Number.isFinite(given) ? given : null
  // Number() reads '' as 0 and '0x10' as 16.
  if (typeof given !== 'string' || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(given))
    return null
  const number = Number(given)
  return Number.isFinite(number) ? number : null
}

function isWithin({ type, min, max, values }: ParameterSpec, value: ParameterValue): boolean {
  if (type === 'enum') return values.includes(value as string)
  if (type === 'boolean') return true
  if (typeof value === 'string' && hasControl(value)) return false
  const amount = typeof value === 'string' ? value.length : Number(value)
  const most = max ?? (type === 'string' ? LONGEST_TEXT : Number.POSITIVE_INFINITY)
  return amount >= (min ?? Number.NEGATIVE_INFINITY) && amount <= most
}

/** It has to fit into a variable, a line of a log and one of a terminal. */
export function hasControl(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
}

/** What it may be, in words: `an integer from 1 to 100`. */
export function rangeOf({ type, min, max, values }: ParameterSpec): string {
  const write = (bound: number): string => textOf(type, bound)
  const bounds =
    min !== null && max !== null
      ? ` from ${write(min)} to ${write(max)}`
      : min !== null
        ? ` of at least ${write(min)}`
        : max !== null
          ? ` of at most ${write(max)}`
          : ''
  switch (type) {
    case 'boolean':
      return 'true or false'
    case 'enum':
      return `one of ${values.join(', ')}`
    case 'integer':
      return `an integer${bounds}`
    case 'number':
      return `a number${bounds}`
    case 'duration':
      return `a duration${bounds === '' ? ' such as 5s' : bounds}`
    case 'bytes':
      return `a size${bounds === '' ? ' such as 64M' : bounds}`
    case 'string': {
      const length = `of ${min ?? 0} to ${max ?? LONGEST_TEXT} characters`
      return `a text ${length} on one line`
    }
  }
}

/** A value as one writes it, so that {@link readParameter} reads the same one. */
export function parameterText(
  { type }: Pick<ParameterSpec, 'type'>,
  value: ParameterValue,
): string {
  return typeof value === 'number' ? textOf(type, value) : String(value)
}

function textOf(type: ParameterSpec['type'], value: number): string {
  if (type === 'duration') return formatDuration(value)
  return type === 'bytes' ? exactSize(value) : String(value)
}

/** In the largest unit that needs no fraction. */
function exactSize(bytes: number): string {
  for (const [unit, size] of SIZES) if (bytes > 0 && bytes % size === 0) return bytes / size + unit
  return String(bytes)
}

const SIZES = [
  ['T', 1024 ** 4],
  ['G', 1024 ** 3],
  ['M', 1024 ** 2],
  ['K', 1024],
] as const

function shown(given: unknown): string {
  const text = JSON.stringify(given) ?? String(given)
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`
}
