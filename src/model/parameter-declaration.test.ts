import { expect, test } from 'vitest'
import {
  declarationOf,
  MOST_PARAMETERS,
  readDeclaration,
  readDeclarations,
} from './parameter-declaration.ts'

/** What is wrong with it: the setting and the message. */
function problemsOf(declared: unknown, name = 'rate'): string[] {
  const read = readDeclaration(name, declared)
  if ('spec' in read) return []
  return read.problems.map(({ path, message }) => [...path, message].join(': '))
}

test('a declaration is read as a complete one, durations as milliseconds and sizes as bytes', () => {
  expect(
    readDeclarations({
      pause: { type: 'duration', default: '5s', min: '1s', description: 'between two tries' },
      cache: { type: 'bytes', default: '1M' },
    }),
  ).toEqual({
    problems: [],
    specs: [
      {
        name: 'pause',
        type: 'duration',
        description: 'between two tries',
        default: 5_000,
        min: 1_000,
        max: null,
        values: [],
      },
      {
        name: 'cache',
        type: 'bytes',
        description: null,
        default: 1_048_576,
        min: null,
        max: null,
        values: [],
      },
    ],
  })
})

test.each([
  [{ type: 'boolean', default: true }],
  [{ type: 'integer', default: 1, min: 0, max: 9, description: 'so many' }],
  [{ type: 'enum', default: 'a', values: ['a', 'b'] }],
  [{ type: 'duration', default: 5_000, min: 1_000 }],
])('what is written of a spec is read as the same: %j', (declared) => {
  const read = readDeclaration('it', declared)
  expect('spec' in read && declarationOf(read.spec)).toEqual(declared)
})

test('everything that is wrong with one is told, each at its place', () => {
  expect(problemsOf('5')).toEqual(['it has to be a map with type and default'])
  expect(problemsOf({ type: 'int', default: 1 })[0]).toMatch(/^type: it has to be one of boolean, /)
  expect(problemsOf({ type: 'nubmer', default: 1 })[0]).toMatch(/did you mean number\?$/)
  expect(problemsOf({ type: 'integer', default: 1, min: 5, max: 2, step: 1 })).toEqual([
    'step: there is no such setting of a parameter of type integer',
    'min: it is greater than max',
  ])
  expect(problemsOf({ type: 'integer', default: 0, min: 1 })).toEqual([
    'default: 0 is not an integer of at least 1',
  ])
  expect(problemsOf({ type: 'integer' })).toEqual([
    'default: it is missing: a parameter has a value before anybody sets one',
  ])
  expect(problemsOf({ type: 'enum', default: 'a', values: ['a', 'a'] })).toEqual([
    'values: it has to be a list of 1 to 100 different texts',
  ])
  expect(problemsOf({ type: 'boolean', default: true, min: 1, description: 'a\nb' })).toEqual([
    'min: there is no such setting of a parameter of type boolean',
    'description: it has to be one line of at most 200 characters',
  ])
  expect(problemsOf({ type: 'duration', default: '5s', min: 'soon' })).toEqual([
    'min: it has to be a duration such as 5s',
  ])
})

test('a name that is none, or that says that it is secret, is refused', () => {
  const one = { type: 'string', default: '' }
  expect(problemsOf(one, 'a b')[0]).toMatch(/^a name begins with a letter/)
  expect(problemsOf(one, '__proto__')[0]).toMatch(/^a name begins with a letter/)
  expect(problemsOf(one, 'dbPassword')[0]).toMatch(/^its name says that it is secret/)
  expect(problemsOf(one, 'apiKey')[0]).toMatch(/^its name says that it is secret/)
})

test('a service has no more than so many', () => {
  const many = Array.from({ length: MOST_PARAMETERS + 1 }, (_, index) => [
    `p${index}`,
    { type: 'boolean', default: true },
  ])
  expect(readDeclarations(Object.fromEntries(many)).problems).toHaveLength(1)
  expect(readDeclarations([]).problems).toHaveLength(1)
})
