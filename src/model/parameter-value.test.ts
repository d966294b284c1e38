import { describe, expect, test } from 'vitest'
import type { ParameterSpec } from './parameter.ts'
import { readDeclaration } from './parameter-declaration.ts'
import { parameterText, rangeOf, readParameter } from './parameter-value.ts'

function declared(declaration: object): ParameterSpec {
  const read = readDeclaration('it', declaration)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.spec
}

const BOOLEAN = declared({ type: 'boolean', default: false })
const INTEGER = declared({ type: 'integer', default: 100, min: 1, max: 1000 })
const NUMBER = declared({ type: 'number', default: 0.5 })
const STRING = declared({ type: 'string', default: 'a', max: 3 })
const LEVEL = declared({ type: 'enum', values: ['debug', 'info', 'warn'], default: 'info' })
const DURATION = declared({ type: 'duration', default: '5s', min: '1s', max: '1h' })
const BYTES = declared({ type: 'bytes', default: '64M', max: '1G' })

describe('a value of a parameter is read', () => {
  test.each([
    [BOOLEAN, 'on', true],
    [BOOLEAN, 'False', false],
    [BOOLEAN, true, true],
    [INTEGER, '1000', 1000],
    [INTEGER, '1e2', 100],
    [INTEGER, 7, 7],
    [NUMBER, '-.25', -0.25],
    [STRING, 'abc', 'abc'],
    [STRING, '', ''],
    [LEVEL, 'debug', 'debug'],
    [DURATION, '1m30s', 90_000],
    [DURATION, 5_000, 5_000],
    [BYTES, '1.5K', 1536],
    [BYTES, 10, 10],
  ])('$0.type: %j as %j', (spec, given, value) =>
    expect(readParameter(spec, given)).toEqual({ value }),
  )
})

describe('a value is refused with what it may be:', () => {
  test.each([
    [BOOLEAN, 'perhaps', 'it: "perhaps" is not true or false'],
    [BOOLEAN, 1, 'it: 1 is not true or false'],
    [INTEGER, '', 'it: "" is not an integer from 1 to 1000'],
    [INTEGER, '1001', 'it: "1001" is not an integer from 1 to 1000'],
    [INTEGER, '1.5', 'it: "1.5" is not an integer from 1 to 1000'],
    [INTEGER, '0x10', 'it: "0x10" is not an integer from 1 to 1000'],
    [NUMBER, 'NaN', 'it: "NaN" is not a number'],
    [NUMBER, '1e999', 'it: "1e999" is not a number'],
    [STRING, 'abcd', 'it: "abcd" is not a text of 0 to 3 characters on one line'],
    [STRING, 'a\n', 'it: "a\\n" is not a text of 0 to 3 characters on one line'],
    [STRING, 1, 'it: 1 is not a text of 0 to 3 characters on one line'],
    [LEVEL, 'debgu', 'it: "debgu" is not one of debug, info, warn; did you mean debug?'],
    [LEVEL, null, 'it: null is not one of debug, info, warn'],
    [DURATION, '2h', 'it: "2h" is not a duration from 1s to 1h'],
    [BYTES, '2G', 'it: "2G" is not a size of at most 1G'],
    [BYTES, -1, 'it: -1 is not a size of at most 1G'],
    [INTEGER, ['1'], 'it: ["1"] is not an integer from 1 to 1000'],
  ] as const)('$0.type: $1', (spec, given, problem) =>
    expect(readParameter(spec, given)).toEqual({ problem }),
  )

  test('one that is long is not repeated whole', () => {
    const read = readParameter(INTEGER, 'x'.repeat(5_000))
    expect('problem' in read && read.problem.length).toBeLessThan(120)
  })
})

test('values are written so that they are read as the same', () => {
  const written = [
    parameterText(BOOLEAN, true),
    parameterText(NUMBER, 0.5),
    parameterText(DURATION, 90_000),
    parameterText(BYTES, 64 * 1024 ** 2),
    parameterText(BYTES, 1537),
    parameterText(LEVEL, 'warn'),
  ]
  expect(written).toEqual(['true', '0.5', '1m30s', '64M', '1537', 'warn'])
})

test('what it may be is said in words', () => {
  expect(
    [declared({ type: 'integer', default: 1, min: 0 }), DURATION, STRING].map(rangeOf),
  ).toEqual([
    'an integer of at least 0',
    'a duration from 1s to 1h',
    'a text of 0 to 3 characters on one line',
  ])
})
