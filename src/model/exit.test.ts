import { describe, expect, test } from 'vitest'
import { describeEnd, describeExit } from './exit.ts'

describe('an exit in words', () => {
  test.each([
    [7, 'code 7'],
    [255, 'code 255'],
    [0xc0000005, 'code 3221225477 (0xC0000005, access violation)'],
    [0xc00000fd, 'code 3221225725 (0xC00000FD, stack overflow)'],
    [0xc0000135, 'code 3221225781 (0xC0000135, a DLL was not found)'],
    [0xc000013a, 'code 3221225786 (0xC000013A, ended by Ctrl-C)'],
    [0xc0000374, 'code 3221226356 (0xC0000374, heap corruption)'],
    [0xe0434352, 'code 3762504530 (0xE0434352, an exception of .NET that nobody caught)'],
    [0xe06d7363, 'code 3765269347 (0xE06D7363, an exception of C++ that nobody caught)'],
    [0x40010004, 'code 1073807364 (0x40010004, the system or its job ended it)'],
    [0xc0abcdef, 'code 3232484847 (0xC0ABCDEF)'],
  ])('of Windows names what a crash was: %d', (code, words) => {
    expect(describeExit({ kind: 'code', code })).toBe(words)
  })

  test('tells a signal from a code, and neither from what is not known', () => {
    expect(describeEnd({ kind: 'signal', signal: 'SIGSEGV', coreDumped: true })).toBe(
      'ended with signal SIGSEGV (core dumped)',
    )
    expect(describeExit({ kind: 'code', code: 0xc0000409, outOfMemory: 'limit' })).toMatch(
      / \(out of memory: its limit\)$/,
    )
    expect(describeEnd({ kind: 'unknown' })).toBe('ended, and how is not known')
  })
})
