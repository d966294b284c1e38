import { expect, test } from 'vitest'
import { requestOf } from './set.ts'

test('a request is what is set, what is reset, and for how long', () => {
  expect(requestOf(['a=1', 'b=x=y', 'c='], ['d'], '10m')).toEqual({
    set: { a: '1', b: 'x=y', c: '' },
    reset: ['d'],
    for: 600_000,
  })
  expect(requestOf([], [], undefined)).toEqual({ set: {}, reset: [], for: null })
})

test.each([
  [['a'], undefined, /set as KEY=VALUE, not "a"/],
  [['=1'], undefined, /set as KEY=VALUE, not "=1"/],
  [['a=1', 'a=2'], undefined, /a is set twice/],
  [['a=1'], 'soon', /--for is a time such as 10m, not "soon"/],
  [['a=1'], '0s', /--for is a time such as 10m, not "0s"/],
  [[], '10m', /none is set/],
] as const)('%j --for %s is none', (assignments, lasting, message) => {
  expect(() => requestOf(assignments, [], lasting)).toThrow(message)
})

test('a name of an object’s own is a parameter as any other', () => {
  expect(Object.keys(requestOf(['__proto__=1', 'constructor=2'], [], undefined).set)).toEqual([
    '__proto__',
    'constructor',
  ])
})
