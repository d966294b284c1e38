import { describe, expect, test } from 'vitest'
import { eventText } from './event-text.ts'

describe('a line of an event', () => {
  const at = { number: 1, at: '2026-11-21T10:00:00.000Z' }

  test('L14 names a signal as a signal and a code as a code', () => {
    const life = { type: 'exit', id: 'a', incarnation: 1, pid: 1, cause: 'itself' } as const
    expect(eventText({ ...at, ...life, exit: { kind: 'signal', signal: 'SIGSEGV' } })).toBe(
      'a ended with signal SIGSEGV',
    )
    expect(eventText({ ...at, ...life, exit: { kind: 'code', code: 0 }, cause: 'stop' })).toBe(
      'a ended with code 0 (stop)',
    )
  })

  test('is left out where another one says the same', () => {
    expect(eventText({ ...at, type: 'ready', id: 'a', ready: true })).toBeNull()
  })

  test('says how long it took to recover', () => {
    expect(
      eventText({
        ...at,
        type: 'recovered',
        id: 'a',
        cause: 'health',
        detection: 5,
        recovery: 1234.4,
      }),
    ).toBe('a is back 1234 ms after its health')
  })
})
