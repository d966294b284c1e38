import { describe, expect, test } from 'vitest'
import type { LogEntry } from '../model/log-entry.ts'
import { SEVERITY } from '../model/log-entry.ts'
import { describeError, errorLine, makeLogger } from './logger.ts'

function bench() {
  const entries: LogEntry[] = []
  return { logger: makeLogger((entry) => entries.push(entry)), entries }
}

describe('a logger', () => {
  test.each(Object.entries(SEVERITY))('writes %s with severity %d', (name, severity) => {
    const { logger, entries } = bench()
    logger[name as keyof typeof SEVERITY]('words', { n: 1 })
    expect(entries).toEqual([{ severity, message: 'words', fields: { n: 1 } }])
  })

  test('writes an error with its stack', () => {
    const { logger, entries } = bench()
    logger.error(new Error('no disk'))
    expect(entries[0]?.message).toMatch(/^Error: no disk\n\s+at /)
  })

  test('takes fields that are no JSON, and hands out such as are', () => {
    const { logger, entries } = bench()
    const circle: Record<string, unknown> = {}
    circle.self = circle
    logger.info('odd', { big: 12n, circle, plain: 'text' })
    expect(entries[0]?.fields).toEqual({
      big: '12',
      circle: '[object Object]',
      plain: '"text"',
    })
  })
})

describe('an error', () => {
  test('is described with its causes', () => {
    const error = new Error('outer', { cause: new Error('inner', { cause: 'the root' }) })
    expect(describeError(error)).toMatch(
      /outer[\s\S]*caused by Error: inner[\s\S]*caused by the root/,
    )
  })

  test('that causes itself is described all the same', () => {
    const error = new Error('snake')
    error.cause = error
    expect(describeError(error)).toContain('snake')
  })

  test.each([
    ['text', 'text'],
    [{ a: 1 }, 'thrown: {"a":1}'],
    [undefined, 'thrown: undefined'],
    [7n, 'thrown: 7'],
  ])('that is none, such as %o, is described as %j', (thrown, expected) =>
    expect(describeError(thrown)).toBe(expected),
  )

  test('in one line has no second one, and an end', () => {
    expect(errorLine(new TypeError('first\nsecond'))).toBe('TypeError: first')
    expect(errorLine(new Error('x'.repeat(1_000)))).toHaveLength(300)
  })
})
