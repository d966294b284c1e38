import { SteadError } from '../errors.ts'
import type { Selection } from '../model/ports/guard-api.ts'

/**
 * What requests may hold: each field checks its value and says in JSON Schema what it takes, so that the
 * OpenAPI document tells of the checks that are made. A guard loads no library for them.
 */
export interface Field<T> {
  readonly schema: Readonly<Record<string, unknown>>
  readonly needed?: true
  /** @throws REQUEST_INVALID @param value undefined where it is left out */
  readonly read: (value: unknown, name: string) => T
}

export type Shape = Readonly<Record<string, Field<unknown>>>
export type ValuesOf<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never
}

/** A field of a query. */
export interface QueryField<T> {
  readonly name: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly read: (query: URLSearchParams) => T
}

/** The most names that one request may name. */
const MAX_NAMES = 10_000
const MAX_TEXT = 255
const SHORT = { type: 'string', maxLength: MAX_TEXT }

export const names: Field<readonly string[]> = {
  schema: { type: ['array', 'null'], items: SHORT, maxItems: MAX_NAMES },
  read(value) {
    if (isAbsent(value)) return []
    if (!Array.isArray(value) || value.length > MAX_NAMES || !value.every(isShortText)) {
      throw invalid(`names must be a list of at most ${MAX_NAMES} texts`)
    }
    return value
  },
}

export const labels: Field<Readonly<Record<string, string>> | undefined> = {
  schema: { type: ['object', 'null'], additionalProperties: SHORT },
  read(value) {
    if (isAbsent(value)) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid('labels must be an object')
    }
    if (!Object.values(value).every(isShortText)) {
      throw invalid('the value of a label must be a text')
    }
    return value as Readonly<Record<string, string>>
  },
}

/** Null where it is left out. */
export function text(limit = MAX_TEXT): Field<string | null> {
  return {
    schema: { type: ['string', 'null'], maxLength: limit },
    read: (value, name) => (isAbsent(value) ? null : textOf(value, name, limit)),
  }
}

export function neededText(limit = MAX_TEXT): Field<string> {
  return {
    schema: { type: 'string', maxLength: limit },
    needed: true,
    read(value, name) {
      if (isAbsent(value)) throw invalid(`${name} is missing`)
      return textOf(value, name, limit)
    },
  }
}

export function oneOf<T extends string>(values: readonly T[], fallback: T): Field<T> {
  return {
    schema: { enum: [...values, null], default: fallback },
    read(value, name) {
      if (isAbsent(value)) return fallback
      if (values.includes(value as T)) return value as T
      throw invalid(`${name} must be one of ${values.join(', ')}`)
    },
  }
}

export function flag(fallback: boolean): Field<boolean> {
  return {
    schema: { type: ['boolean', 'null'], default: fallback },
    read(value, name) {
      if (isAbsent(value)) return fallback
      if (typeof value !== 'boolean') throw invalid(`${name} must be true or false`)
      return value
    },
  }
}

export function neededCount(limit: number): Field<number> {
  return {
    schema: { type: 'integer', minimum: 0, maximum: limit },
    needed: true,
    read(value, name) {
      const count = value as number
      if (Number.isInteger(value) && count >= 0 && count <= limit) return count
      throw invalid(`${name} must be a whole number from 0 to ${limit}`)
    },
  }
}

/** A whole number, or null where it is left out. */
export function optionalCount(limit: number): Field<number | null> {
  return {
    schema: { type: ['integer', 'null'], minimum: 0, maximum: limit },
    read: (value, name) => (isAbsent(value) ? null : neededCount(limit).read(value, name)),
  }
}

/**
 * The values of a body: JSON, or nothing for no fields.
 *
 * @throws REQUEST_INVALID for what is no object, for a field that is not in `shape`, and by the fields
 */
export function bodyValues<S extends Shape>(body: string, shape: S): ValuesOf<S> {
  const given = objectOf(body)
  for (const field of Object.keys(given)) {
    if (Object.hasOwn(shape, field)) continue
    const known = Object.keys(shape)
    const may = known.length === 0 ? 'the body has none' : `known: ${known.join(', ')}`
    throw invalid(`unknown field ${JSON.stringify(field.slice(0, 80))}; ${may}`)
  }
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(shape)) values[name] = field.read(given[name], name)
  return values as ValuesOf<S>
}

/** Names and labels of a query: `name=web&name=db&label=tier=front`. */
export const selection: readonly [QueryField<Selection>, QueryField<null>] = [
  {
    name: 'name',
    schema: { type: 'array', items: { type: 'string' } },
    read(query) {
      const found: Record<string, string> = {}
      for (const label of query.getAll('label')) {
        const at = label.indexOf('=')
        if (at < 1) throw invalid(`a label in a query is NAME=VALUE, not ${JSON.stringify(label)}`)
        found[label.slice(0, at)] = label.slice(at + 1)
      }
      const named = query.getAll('name')
      return Object.keys(found).length === 0 ? { names: named } : { names: named, labels: found }
    },
  },
  {
    name: 'label',
    schema: { type: 'array', items: { type: 'string', pattern: '^[^=]+=' } },
    read: () => null,
  },
]

export function selectionOf(query: URLSearchParams): Selection {
  return selection[0].read(query)
}

/** Whether something is asked for by its name alone, or by `=1`, `=true`. */
export function asked(name: string): QueryField<boolean> {
  return {
    name,
    schema: { enum: ['', '1', 'true'] },
    read: (query) => ['', '1', 'true'].includes(query.get(name) ?? 'no'),
  }
}

/** A whole number of a query, or `fallback` where it is not named. */
export function count(name: string, fallback: number, limit: number): QueryField<number> {
  return {
    name,
    schema: { type: 'integer', minimum: 0, maximum: limit, default: fallback },
    read(query) {
      const given = query.get(name)
      if (given === null) return fallback
      const value = Number(given)
      if (/^\d+$/.test(given) && value <= limit) return value
      throw invalid(`${name} must be a whole number from 0 to ${limit}`)
    },
  }
}

export function invalid(problem: string): SteadError<'REQUEST_INVALID'> {
  return new SteadError('REQUEST_INVALID', { problem })
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null
}

function textOf(value: unknown, name: string, limit: number): string {
  if (typeof value !== 'string') throw invalid(`${name} must be a text`)
  if (value.length > limit) throw invalid(`${name} is longer than ${limit} characters`)
  return value
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {}
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw invalid('the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('the body is not a JSON object')
  }
  return value as Readonly<Record<string, unknown>>
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT
}
