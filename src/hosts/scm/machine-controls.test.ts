import { expect, test } from 'vitest'
import { machineControlOf } from './machine-controls.ts'

const POWER = 13
const SESSION = 14
const TIME = 16

const none = new Uint8Array()
const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer)

test.each([
  [1, 'console-connect'],
  [2, 'console-disconnect'],
  [3, 'remote-connect'],
  [4, 'remote-disconnect'],
  [5, 'logon'],
  [6, 'logoff'],
  [7, 'lock'],
  [8, 'unlock'],
  [9, 'remote-control'],
  [10, 'create'],
  [11, 'terminate'],
])('the change %i of a session is %s, with its number', (eventType, change) => {
  expect(machineControlOf(SESSION, { eventType, data: words(8, 3) })).toEqual({
    type: 'session',
    event: { change, session: 3 },
  })
})

test.each([
  [0x4, 'suspend'],
  [0x12, 'resume'],
  [0x7, 'resume-user'],
])('the event %i of the power is %s', (eventType, change) => {
  expect(machineControlOf(POWER, { eventType, data: none })).toEqual({
    type: 'power',
    event: { change },
  })
})

test.each([
  ['mains, 80 %', [1, 1, 80], false, 80],
  ['battery, 5 %, critical', [0, 4, 5], true, 5],
  ['mains without a battery', [1, 128, 255], false, null],
  ['nothing known', [255, 255, 255], null, null],
  ['a charge that is not known', [0, 0, 255], true, null],
  ['no bytes at all', [], null, null],
])('the status of the power: %s', (_, bytes, onBattery, battery) => {
  expect(machineControlOf(POWER, { eventType: 0xa, data: Uint8Array.from(bytes) })).toEqual({
    type: 'power',
    event: { change: 'status', onBattery, battery },
  })
})

test('T01 a change of the clock has both times, from a buffer that begins anywhere', () => {
  const buffer = new Uint8Array(24)
  const view = new DataView(buffer.buffer)
  // 100 ns since 1601: the first moment of 1970 and a millisecond, and that of 2026-11-21T05:00:00Z.
  view.setBigInt64(4, 116_444_736_000_010_000n, true)
  view.setBigInt64(12, 134_397_108_000_000_000n, true)
  const data = buffer.subarray(4, 20)
  expect(machineControlOf(TIME, { eventType: 0, data })).toEqual({
    type: 'time-change',
    event: { to: new Date(1), from: new Date('2026-11-21T05:00:00Z') },
  })
})

test.each([
  ['a session without its number', SESSION, 5, words(8)],
  ['a change that Windows did not have', SESSION, 12, words(8, 1)],
  ['a power setting', POWER, 0x8013, words(1, 2, 3, 4, 5)],
  ['a time that was cut off', TIME, 0, words(1, 2, 3)],
  ['a trigger', 0x20, 0, none],
])('%s is nothing', (_, code, eventType, data) => {
  expect(machineControlOf(code, { eventType, data })).toBeNull()
})
