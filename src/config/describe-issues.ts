import type * as z from 'zod'
import { suggest } from '../model/suggest.ts'
import { namesAt } from './schema-names.ts'
import type { FileProblem } from './source/config-source.ts'

type Issue = z.core.$ZodIssue

/** What zod found wrong in `raw`, in the words of the house. */
export function describeIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  raw: unknown,
): FileProblem[] {
  // What a map lacks is told by the names in it that are not known.
  const misnamed = new Set(
    issues.flatMap(({ code, path }) => (code === 'unrecognized_keys' ? [path.join('\0')] : [])),
  )
  return issues
    .filter(({ code, path }) => code !== 'custom' || !misnamed.has(path.join('\0')))
    .flatMap((issue) => describeIssue(issue, schema, raw))
}

function describeIssue(issue: Issue, schema: z.ZodType, raw: unknown): FileProblem[] {
  const { path } = issue
  const found = valueAt(raw, path)
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(schema, path)
    return issue.keys.map((key) => {
      const near = suggest(key, known)
      const names = known.length > 12 ? '' : `; there are ${known.join(', ')}`
      const hint = near === null ? names : `; did you mean ${near}?`
      return { path: [...path, key], message: `there is no such setting${hint}`, key: true }
    })
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues.map((inner) => inner.message).join(', ')
    return [{ path, message: `it is no name: ${message}`, key: true }]
  }
  if (found === undefined) return [{ path, message: 'it is missing' }]
  if (found === null) return [{ path, message: 'it has no value' }]
  if (issue.code === 'invalid_union') return describeUnion(issue, schema, raw, found)
  if (issue.code === 'invalid_type')
    return [
      { path, message: `it has to be ${KINDS[issue.expected] ?? issue.expected}${not(found)}` },
    ]
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String)
    return [
      { path, message: `it has to be ${oneOf(values)}${not(found)}${nearest(found, values)}` },
    ]
  }
  if (issue.code === 'too_small' && issue.origin !== 'number')
    return [{ path, message: 'it is empty' }]
  if (issue.code === 'too_big' && issue.origin !== 'number')
    return [{ path, message: `it is longer than ${issue.maximum}` }]
  if (issue.code === 'too_small')
    return [{ path, message: `it has to be ${issue.minimum} at least` }]
  if (issue.code === 'too_big') return [{ path, message: `it has to be ${issue.maximum} at most` }]
  return [{ path, message: issue.message }]
}

function describeUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.ZodType,
  raw: unknown,
  found: unknown,
): FileProblem[] {
  const { path } = issue
  const branches = issue.errors.map((errors) =>
    errors.map((inner) => ({ ...inner, path: [...path, ...inner.path] }) as Issue),
  )
  // A branch that takes values of this kind is the one that was meant.
  const meant = branches.filter((branch) => !branch.some((one) => refusesKind(one, path, found)))
  if (meant.length > 0) {
    const best = meant.reduce((a, b) => (deepest(b) > deepest(a) ? b : a))
    return describeIssues(best, schema, raw)
  }
  const { message } = issue
  if (message !== 'Invalid input') return [{ path, message: `${message}${not(found)}` }]
  const wanted = branches.flat().flatMap((one) => {
    if (one.path.length > path.length) return []
    if (one.code === 'invalid_type') return [KINDS[one.expected] ?? one.expected]
    if (one.code === 'invalid_union' && one.message !== 'Invalid input')
      return one.message.replace(/^it has to be /, '').split(' or ')
    return one.code === 'invalid_value' ? one.values.map(String) : []
  })
  const hint = nearest(found, wanted)
  return [{ path, message: `it has to be ${oneOf([...new Set(wanted)])}${not(found)}${hint}` }]
}

function deepest(issues: readonly Issue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length))
}

function refusesKind(issue: Issue, path: readonly PropertyKey[], found: unknown): boolean {
  if (issue.path.length > path.length) return false
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return true
  if (issue.code !== 'invalid_union') return false
  return issue.errors.every((branch) =>
    branch.some(
      (one) => one.path.length === 0 && refusesKind({ ...one, path } as Issue, path, found),
    ),
  )
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
}

function oneOf(words: readonly string[]): string {
  if (words.length < 3) return words.join(' or ')
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

function nearest(found: unknown, words: readonly string[]): string {
  const near = typeof found === 'string' ? suggest(found, words) : null
  return near === null ? '' : `; did you mean ${near}?`
}

function not(found: unknown): string {
  if (Array.isArray(found)) return ', not a list'
  if (typeof found === 'object') return ', not a map'
  const text = typeof found === 'string' ? JSON.stringify(found) : String(found)
  return `, not ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}
