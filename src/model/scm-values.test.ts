import { expect, test } from 'vitest'
import { customControl, fromRaw, SCM_START_TYPES, SCM_STATES } from './scm-values.ts'

test('a raw value of Windows has one word', () => {
  expect(fromRaw(SCM_STATES, 4, 'the state')).toBe('running')
  expect(fromRaw(SCM_START_TYPES, 0, 'the start type')).toBe('boot')
})

test.each([0, 8, -1, 0xffffffff])('%i is no state, and is raised with its value', (raw) => {
  expect(() => fromRaw(SCM_STATES, raw, 'the state')).toThrow(`unknown value ${raw}`)
})

test.each([128, 200, 255])('%i is a control of a service of its own', (code) => {
  expect(customControl(code)).toBe(code)
})

test.each([0, 1, 127, 256, 128.5, Number.NaN, -128])('%d is not', (code) => {
  expect(() => customControl(code)).toThrow('use 128 to 255')
})
