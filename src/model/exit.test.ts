import { expect, test } from 'vitest'
import { describeExit, succeeded } from './exit.ts'

test('only code 0 is success', () => {
  expect(succeeded({ kind: 'code', code: 0 })).toBe(true)
  expect(succeeded({ kind: 'code', code: 1 })).toBe(false)
  expect(succeeded({ kind: 'signal', signal: 'SIGTERM' })).toBe(false)
  expect(succeeded({ kind: 'unknown' })).toBe(false)
})

test('L14 a signal is told as a signal and a code as a code', () => {
  expect(describeExit({ kind: 'code', code: 137 })).toBe('code 137')
  expect(describeExit({ kind: 'signal', signal: 'SIGKILL' })).toBe('signal SIGKILL')
  expect(describeExit({ kind: 'signal', signal: 'SIGSEGV', coreDumped: true })).toContain('core')
  expect(describeExit({ kind: 'spawn-error', errno: 'ENOENT' })).toContain('ENOENT')
})
