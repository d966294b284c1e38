import { describe, expect, test } from 'vitest'
import { exitOfEntry, parseEntry } from './journal.ts'

const entry = (fields: Record<string, unknown>): string =>
  JSON.stringify({ __REALTIME_TIMESTAMP: '1795238558621599', _PID: '7', PRIORITY: '3', ...fields })

describe('a line of the journal', () => {
  test('has its time, severity, process and text', () => {
    expect(parseEntry('a', entry({ MESSAGE: 'grüße "1"' }))).toEqual({
      at: new Date(1795238558621.599),
      service: 'a',
      severity: 3,
      pid: 7,
      text: 'grüße "1"',
    })
  })

  test('that is not UTF-8 comes as bytes', () => {
    expect(parseEntry('a', entry({ MESSAGE: [104, 105, 255] }))?.text).toBe('hi\ufffd')
  })

  test('that is too long comes as null', () => {
    expect(parseEntry('a', entry({ MESSAGE: null }))?.text).toBe('(too long to show)')
  })

  test.each(['', '-- cursor', '{', '{}', '[]'])('that is none is left out: %j', (line) => {
    expect(parseEntry('a', line)).toBeNull()
  })

  test('without a severity or a process has none', () => {
    const line = JSON.stringify({ MESSAGE: 'x' })
    expect(parseEntry('a', line)).toMatchObject({ at: null, severity: null, pid: null })
  })
})

describe('L14 the exit that the journal tells', () => {
  test.each([
    ['exited', '7', { kind: 'code', code: 7 }],
    ['killed', '9', { kind: 'signal', signal: 'SIGKILL' }],
    ['dumped', '11', { kind: 'signal', signal: 'SIGSEGV', coreDumped: true }],
  ])('%s, %s', (EXIT_CODE, EXIT_STATUS, expected) => {
    expect(exitOfEntry(entry({ EXIT_CODE, EXIT_STATUS }))?.exit).toEqual(expected)
  })

  test.each([
    '',
    '{}',
    entry({ EXIT_CODE: 'exited' }),
    entry({ EXIT_CODE: 'x', EXIT_STATUS: '1' }),
  ])('is none in %s', (line) => {
    expect(exitOfEntry(line)).toBeNull()
  })
})
