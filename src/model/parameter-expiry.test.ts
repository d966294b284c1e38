import { expect, test } from 'vitest'
import type { SetParameter } from './parameter.ts'
import { LONGEST_WAIT, parameterExpiry } from './parameter-expiry.ts'

const MINUTE = 60_000
const NOON = Date.parse('2026-05-01T12:00:00.000Z')

function clock() {
  const it = { now: 0, day: NOON }
  return {
    it,
    pass(ms: number) {
      it.now += ms
      it.day += ms
    },
    monotonic: () => it.now,
    wall: () => new Date(it.day),
  }
}

function lasting(ms: number | null, from = NOON): SetParameter {
  const until = ms === null ? null : new Date(from + ms).toISOString()
  return { value: 1, by: 'operator', at: new Date(from).toISOString(), until }
}

test('a value for a time is over at its end, one for good never', () => {
  const time = clock()
  const expiry = parameterExpiry(time)
  const set = { a: lasting(MINUTE / 2), b: lasting(null), c: lasting(10 * MINUTE) }
  expect(expiry.look('web', set)).toEqual({ kept: set, expired: [], next: MINUTE / 2 })
  time.pass(MINUTE / 2)
  const { kept, expired, next } = expiry.look('web', set)
  expect([Object.keys(kept), expired, next]).toEqual([['b', 'c'], ['a'], LONGEST_WAIT])
  time.pass(10 * MINUTE)
  expect(expiry.look('web', kept).expired).toEqual(['c'])
  expect(expiry.look('web', { b: lasting(null) }).next).toBeNull()
})

test('a clock that is put ahead ends it, and one that is put back gives it no more time', () => {
  const time = clock()
  const expiry = parameterExpiry(time)
  const set = { a: lasting(10 * MINUTE) }
  expiry.look('web', set)
  time.it.day -= 1_000 * MINUTE
  time.pass(10 * MINUTE - 1)
  expect(expiry.look('web', set)).toMatchObject({ expired: [], next: 1 })
  time.pass(1)
  expect(expiry.look('web', set).expired).toEqual(['a'])
  time.it.day = NOON + 11 * MINUTE
  expect(parameterExpiry(time).look('web', set).expired).toEqual(['a'])
})

test('one that is set anew has its whole time', () => {
  const time = clock()
  const expiry = parameterExpiry(time)
  expiry.look('web', { a: lasting(MINUTE) })
  time.pass(MINUTE - 1)
  const again = { a: lasting(MINUTE, NOON + MINUTE - 1) }
  expect(expiry.look('web', again)).toMatchObject({ expired: [], next: MINUTE })
})
