import { expect, test } from 'vitest'
import type { SteadError } from '../errors.ts'
import type { ParameterRequest, SetParameters } from './parameter.ts'
import {
  changedParameters,
  changeParameters,
  effectiveParameters,
  fitParameters,
  parameterFacts,
  timeLeft,
} from './parameter-change.ts'
import { readDeclarations } from './parameter-declaration.ts'

const { specs } = readDeclarations({
  logLevel: { type: 'enum', values: ['debug', 'info'], default: 'info' },
  rate: { type: 'integer', default: 10, min: 1, max: 100 },
  pause: { type: 'duration', default: '5s' },
})
const NOW = new Date('2026-05-01T12:00:00.000Z')
const LATER = (ms: number): Date => new Date(NOW.getTime() + ms)

function change(request: Partial<ParameterRequest>, current: SetParameters = {}): SetParameters {
  const whole = { set: {}, reset: [], for: null, ...request }
  return changeParameters('web', specs, current, whole, { by: 'operator', now: NOW })
}

function problemsOf(request: Partial<ParameterRequest>): readonly string[] {
  try {
    change(request)
    return []
  } catch (error) {
    return (error as SteadError<'PARAMETER_INVALID'>).params.problems
  }
}

test('several are set at once, for a time, and what was set before stays', () => {
  const first = change({ set: { rate: '20' } })
  const second = change({ set: { logLevel: 'debug', pause: '1s' }, for: 600_000 }, first)
  expect(effectiveParameters(specs, second)).toEqual({ logLevel: 'debug', rate: 20, pause: 1_000 })
  expect(second.pause).toEqual({
    value: 1_000,
    by: 'operator',
    at: '2026-05-01T12:00:00.000Z',
    until: '2026-05-01T12:10:00.000Z',
  })
  expect(changedParameters(specs, first, second)).toEqual([
    { name: 'logLevel', old: 'info', value: 'debug', until: '2026-05-01T12:10:00.000Z' },
    { name: 'pause', old: 5_000, value: 1_000, until: '2026-05-01T12:10:00.000Z' },
  ])
})

test('a reset goes back to the default', () => {
  const set = change({ set: { rate: 20 } })
  expect(change({ reset: ['rate'] }, set)).toEqual({})
  expect(change({ reset: ['rate'] })).toEqual({})
})

test('every problem is told at once, and nothing is set', () => {
  expect(problemsOf({ set: { rate: '0', logLevle: 'debug', x: '1' }, reset: ['nothing'] })).toEqual(
    [
      'rate: "0" is not an integer from 1 to 100',
      'web has no parameter logLevle; did you mean logLevel?',
      'web has no parameter x; it has logLevel, rate, pause',
      'web has no parameter nothing; it has logLevel, rate, pause',
    ],
  )
  expect(problemsOf({})).toEqual(['nothing is set, and nothing reset'])
  expect(problemsOf({ reset: ['rate'], for: 1 })).toEqual([
    '--for: there is no value that it could be for',
  ])
  expect(problemsOf({ set: { rate: 2 }, reset: ['rate'] })).toEqual([
    'rate: it is both set and reset',
  ])
  expect(problemsOf({ set: { rate: 2 }, for: 0 })).toEqual(['--for: it is a time from 1ms to 366d'])
})

test('what is no longer declared, or not within its range, is told apart', () => {
  const set = change({ set: { rate: 90, logLevel: 'debug', pause: '1s' } })
  const { specs: other } = readDeclarations({
    logLevel: { type: 'enum', values: ['debug', 'info'], default: 'info' },
    rate: { type: 'integer', default: 10, max: 50 },
  })
  const { kept, dropped } = fitParameters(other, set)
  expect(Object.keys(kept)).toEqual(['logLevel'])
  expect(dropped).toEqual([
    { name: 'rate', why: 'rate: 90 is not an integer of at most 50' },
    { name: 'pause', why: 'pause: it is no longer declared' },
  ])
})

test('a clock that was put back gives it no more time than it was set for', () => {
  const { rate } = change({ set: { rate: 20 }, for: 60_000 })
  expect(rate && timeLeft(rate, LATER(-86_400_000))).toBe(60_000)
  expect(rate && timeLeft(rate, LATER(86_400_000))).toBe(0)
})

test('parameters are shown with what they may be and who has set them', () => {
  const [level, rate, pause] = parameterFacts(specs, change({ set: { pause: '90s' } }))
  expect(level).toMatchObject({ value: 'info', range: 'one of debug, info', set: null })
  expect(rate).toMatchObject({ value: 10, text: '10', range: 'an integer from 1 to 100' })
  expect(pause).toMatchObject({ text: '1m30s', defaultText: '5s', set: { by: 'operator' } })
})
