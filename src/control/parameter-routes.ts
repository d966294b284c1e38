import { MOST_PARAMETERS } from '../model/parameter-declaration.ts'
import { jsonAnswer } from './answers.ts'
import { type Field, invalid, optionalCount } from './fields.ts'
import { type Route, taking } from './route.ts'

/** A year and a day, in milliseconds. */
const LONGEST = 366 * 86_400_000
const LONGEST_VALUE = 4_096

/** What each value may be is the service's to say: here it is only small and plain. */
const values: Field<Readonly<Record<string, unknown>>> = {
  schema: {
    type: ['object', 'null'],
    maxProperties: MOST_PARAMETERS,
    additionalProperties: { type: ['string', 'number', 'boolean'], maxLength: LONGEST_VALUE },
  },
  read(value, name) {
    if (value === undefined || value === null) return {}
    if (typeof value !== 'object' || Array.isArray(value))
      throw invalid(`${name} must be an object`)
    const entries = Object.entries(value)
    if (entries.length > MOST_PARAMETERS)
      throw invalid(`${name} has more than ${MOST_PARAMETERS} values`)
    for (const [key, one] of entries) {
      const plain = typeof one === 'number' || typeof one === 'boolean' || isShort(one)
      if (!plain)
        throw invalid(
          `${name}: the value of ${key.slice(0, 64)} must be a text, a number, true or false`,
        )
    }
    return value as Readonly<Record<string, unknown>>
  },
}

const reset: Field<readonly string[]> = {
  schema: {
    type: ['array', 'null'],
    items: { type: 'string', maxLength: LONGEST_VALUE },
    maxItems: MOST_PARAMETERS,
  },
  read(value, name) {
    if (value === undefined || value === null) return []
    if (Array.isArray(value) && value.length <= MOST_PARAMETERS && value.every(isShort))
      return value
    throw invalid(`${name} must be a list of at most ${MOST_PARAMETERS} texts`)
  },
}

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_VALUE
}

/** Run-time parameters of a service. */
export const PARAMETER_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/services/ID/parameters',
    needs: 'view',
    answer: ({ api, id }) => jsonAnswer(api.parameters(id)),
  },
  {
    method: 'POST',
    path: '/v1/services/ID/parameters',
    needs: 'view',
    ...taking(
      { set: values, reset, for: optionalCount(LONGEST) },
      async ({ api, id, request }, given) =>
        jsonAnswer(await api.setParameters(id, given, request.caller)),
    ),
  },
]
