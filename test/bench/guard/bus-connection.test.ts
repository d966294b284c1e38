import { expect, test } from 'vitest'
import { messageOf } from './bus-connection.ts'

test('a call is written as the specification has it: aligned, with the lengths of its parts', () => {
  const message = messageOf(7, 'd.E', '/o', 'a.B', 'Get', ['x', ['yy']])
  expect(message.toString('latin1', 0, 4)).toBe('l\x01\x00\x01')
  const fields = message.readUInt32LE(12)
  const start = Math.ceil((16 + fields) / 8) * 8
  expect(message.readUInt32LE(8)).toBe(7)
  expect(message.readUInt32LE(4)).toBe(message.length - start)
  // "x", then from the next multiple of four a list of seven bytes: the length of "yy", "yy", ends.
  expect([...message.subarray(start)]).toEqual([
    1, 0, 0, 0, 120, 0, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 121, 121, 0,
  ])
})
