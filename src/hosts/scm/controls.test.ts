import { expect, test } from 'vitest'
import type { ControlType } from '../../model/ports/host.ts'
import { acceptedBits, controlOf } from './controls.ts'

test.each([
  [1, { type: 'stop', reason: 'request', force: false }],
  [2, { type: 'pause' }],
  [3, { type: 'resume' }],
  [4, { type: 'interrogate' }],
  [5, { type: 'stop', reason: 'shutdown', force: false }],
  [6, { type: 'reload' }],
  [15, { type: 'stop', reason: 'preshutdown', force: false }],
  [128, { type: 'custom', code: 128 }],
  [255, { type: 'custom', code: 255 }],
  [127, null],
  [256, null],
  [13, null],
])('S12 the code %d of the SCM is %j', (code, control) => {
  expect(controlOf(code)).toEqual(control)
})

test.each<[ControlType[], number]>([
  [[], 0],
  [['stop'], 0x101],
  [['stop', 'pause', 'resume', 'reload', 'custom', 'interrogate'], 0x10b],
  [['custom', 'interrogate'], 0],
  [['session'], 0x80],
  [['power'], 0x40],
  [['time-change'], 0x200],
  [['stop', 'session', 'power', 'time-change'], 0x3c1],
])('a service that takes %j accepts %i', (controls, bits) => {
  expect(acceptedBits(new Set(controls))).toBe(bits)
})
