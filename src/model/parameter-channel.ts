/**
 * What stands in the directory of a service's parameters (`STEAD_PARAMETERS`), and how it is read:
 * `asked.json` by whoever sets them, `told.json` by the service. Each is replaced as a whole, so that
 * nobody reads a half of one. What is not as it has to be is as good as not there: either side may be
 * of another version, or somebody else's program.
 */
import type {
  ParameterSpec,
  ParameterValue,
  ParameterValues,
  SetParameter,
  SetParameters,
} from './parameter.ts'
import { declarationOf, MOST_PARAMETERS, readDeclarations } from './parameter-declaration.ts'

/** The name of the variable that has the path of the directory. */
export const PARAMETERS_VARIABLE = 'STEAD_PARAMETERS'
export const ASKED_FILE = 'asked.json'
export const TOLD_FILE = 'told.json'
/** Longer ones are not read: a hundred parameters need a part of it. */
export const LONGEST_FILE = 512 * 1024

/** What is asked of a service: all values that were set, and the how manieth request that is. */
export interface AskedParameters {
  readonly number: number
  readonly set: SetParameters
}

/** What a service says of its parameters. */
export interface ToldParameters {
  /** The request that it has seen last; 0 for none. */
  readonly number: number
  /** `STEAD_INCARNATION` of the life that says it; null where it has none. */
  readonly life: string | null
  readonly declared: readonly ParameterSpec[]
  readonly values: ParameterValues
  /** Why it has not taken the last request; null where it has. */
  readonly refused: string | null
}

export const NOTHING_ASKED: AskedParameters = { number: 0, set: {} }

export function askedText({ number, set }: AskedParameters): string {
  return `${JSON.stringify({ stead: 'parameters', number, set })}\n`
}

/** Null for what is none. */
export function readAsked(text: string): AskedParameters | null {
  const raw = objectIn(text)
  if (raw === null || !isNumber(raw.number)) return null
  const set = readSet(raw.set)
  return set === null ? null : { number: raw.number, set }
}

/** What was set, out of JSON; single values that are none are left out. Null for what is no map. */
export function readSet(raw: unknown): SetParameters | null {
  if (!isObject(raw)) return null
  const set: Record<string, SetParameter> = {}
  for (const [name, one] of Object.entries(raw).slice(0, MOST_PARAMETERS)) {
    if (!isObject(one) || !isValue(one.value)) continue
    const { value, by, at, until } = one
    const stands = typeof by === 'string' && isTime(at) && (until === null || isTime(until))
    if (stands) set[name] = { value, by, at, until }
  }
  return set
}

export function toldText({ number, life, declared, values, refused }: ToldParameters): string {
  const declarations = Object.fromEntries(declared.map((spec) => [spec.name, declarationOf(spec)]))
  const told = { stead: 'parameters', number, life, declared: declarations, values, refused }
  return `${JSON.stringify(told)}\n`
}

/** Null for what is none. */
export function readTold(text: string): ToldParameters | null {
  const raw = objectIn(text)
  if (raw === null || !isNumber(raw.number) || !isObject(raw.values)) return null
  const { specs, problems } = readDeclarations(raw.declared)
  if (problems.length > 0) return null
  const known = new Set(specs.map(({ name }) => name))
  const values = Object.entries(raw.values).filter(
    (entry): entry is [string, ParameterValue] => known.has(entry[0]) && isValue(entry[1]),
  )
  return {
    number: raw.number,
    life: typeof raw.life === 'string' ? raw.life : null,
    declared: specs,
    values: Object.fromEntries(values),
    refused: typeof raw.refused === 'string' ? raw.refused.slice(0, 1_000) : null,
  }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) && value.stead === 'parameters' ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isValue(value: unknown): value is ParameterValue {
  return typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
