import { SteadError } from '../errors.ts'
import type { Selection } from '../model/ports/guard-api.ts'

/** The most names that one request may name. */
const MAX_NAMES = 10_000
const MAX_TEXT = 255

/** The fields of a request's body, checked by hand: one look at each, nothing is made twice. */
export interface BodyFields {
  readonly names: readonly string[]
  readonly labels: Readonly<Record<string, string>> | undefined
  text(field: string, limit?: number): string | undefined
  /** At most `limit` characters. */
  needText(field: string, limit?: number): string
  flag(field: string, fallback: boolean): boolean
  needCount(field: string, limit: number): number
}

/**
 * @param body JSON, or nothing for no fields
 * @throws REQUEST_INVALID for what is no object, and for a field that is not in `known`
 */
export function bodyFields(body: string, known: readonly string[]): BodyFields {
  const fields = objectOf(body)
  for (const field of Object.keys(fields)) {
    if (known.includes(field)) continue
    const may = known.length === 0 ? 'the body has none' : `known: ${known.join(', ')}`
    throw invalid(`unknown field ${JSON.stringify(field.slice(0, 80))}; ${may}`)
  }
  const text = (field: string, limit = MAX_TEXT): string | undefined => {
    const value = fields[field]
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'string') throw invalid(`${field} must be a text`)
    if (value.length > limit) throw invalid(`${field} is longer than ${limit} characters`)
    return value
  }
  return {
    get names() {
      return namesOf(fields.names)
    },
    get labels() {
      return labelsOf(fields.labels)
    },
    text,
    needText(field, limit) {
      const value = text(field, limit)
      if (value === undefined) throw invalid(`${field} is missing`)
      return value
    },
    flag(field, fallback) {
      const value = fields[field]
      if (value === undefined || value === null) return fallback
      if (typeof value !== 'boolean') throw invalid(`${field} must be true or false`)
      return value
    },
    needCount(field, limit) {
      const value = fields[field]
      if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= limit) {
        return value as number
      }
      throw invalid(`${field} must be a whole number from 0 to ${limit}`)
    },
  }
}

/** Names and labels of a query: `name=web&name=db&label=tier=front`. */
export function selectionOf(query: URLSearchParams): Selection {
  const labels: Record<string, string> = {}
  let labelled = false
  for (const label of query.getAll('label')) {
    const at = label.indexOf('=')
    if (at < 1) throw invalid(`a label in a query is NAME=VALUE, not ${JSON.stringify(label)}`)
    labels[label.slice(0, at)] = label.slice(at + 1)
    labelled = true
  }
  const names = query.getAll('name')
  return labelled ? { names, labels } : { names }
}

/** A whole number of a query, or `fallback` where it is not named. */
export function countOf(
  query: URLSearchParams,
  name: string,
  fallback: number,
  limit: number,
): number {
  const text = query.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= limit) return value
  throw invalid(`${name} must be a whole number from 0 to ${limit}`)
}

export function invalid(problem: string): SteadError<'REQUEST_INVALID'> {
  return new SteadError('REQUEST_INVALID', { problem })
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

function namesOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > MAX_NAMES || !value.every(isShortText)) {
    throw invalid(`names must be a list of at most ${MAX_NAMES} texts`)
  }
  return value
}

function labelsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid('labels must be an object')
  if (!Object.values(value).every(isShortText)) throw invalid('the value of a label must be a text')
  return value as Readonly<Record<string, string>>
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_TEXT
}
