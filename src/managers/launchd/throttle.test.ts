import { expect, test } from 'vitest'
import { throttleSeconds } from './throttle.ts'

test.each([
  ['the delay', { delay: 3_000, limit: null }, 3],
  ['the delay, in whole seconds', { delay: 3_001, limit: null }, 4],
  ['at least a second: 0 would mean 10', { delay: 0, limit: null }, 1],
  ['five starts a minute', { delay: 1_000, limit: { count: 5, window: 60_000 } }, 12],
  ['a delay that keeps the limit too', { delay: 30_000, limit: { count: 5, window: 60_000 } }, 30],
])('the throttle keeps %s', (_, policy, seconds) => {
  expect(throttleSeconds({ when: 'always', ...policy })).toBe(seconds)
})
