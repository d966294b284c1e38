import { describe, expect, test } from 'vitest'
import { parseShow } from './unit-facts.ts'

const one = (...lines: string[]) => {
  const [facts] = parseShow(lines.join('\n'))
  if (facts === undefined) throw new Error('nothing was read')
  return facts
}

describe('systemctl show', () => {
  test('of several units is read in order', () => {
    const output = 'Id=a.service\nMainPID=1\n\nId=b.service\nMainPID=2\n'
    expect(parseShow(output).map(({ id, mainPid }) => [id, mainPid])).toEqual([
      ['a.service', 1],
      ['b.service', 2],
    ])
  })

  test('of nothing is nothing', () => {
    expect(parseShow('')).toEqual([])
  })

  test('keeps equals signs in values', () => {
    expect(one('StatusText=a=b=c').statusText).toBe('a=b=c')
  })

  test.each([
    ['MemoryCurrent=1024', 1024],
    ['MemoryCurrent=[not set]', null],
    ['MemoryCurrent=18446744073709551615', null],
    ['MemoryCurrent=', null],
    ['Id=a', null],
  ])('reads a count from %s', (line, expected) => {
    expect(one(line).memory).toBe(expected)
  })

  test.each([
    ['Sat 2026-11-21 05:22:37.123456 UTC', '2026-11-21T05:22:37.123Z'],
    ['Sat 2026-11-21 05:22:37 UTC', '2026-11-21T05:22:37.000Z'],
    ['', undefined],
    ['n/a', undefined],
    ['Sat 2026-11-21 05:22:37 CET', undefined],
  ])('reads the time %j', (text, expected) => {
    expect(one(`ExecMainStartTimestamp=${text}`).startedAt?.toISOString()).toBe(expected)
  })

  test.each([
    ['1min 30s', 90_000],
    ['200ms', 200],
    ['1.500s', 1_500],
    ['1h 1us', 3_600_000],
    ['2d 3h', 183_600_000],
    ['0', 0],
    ['infinity', null],
    ['', null],
  ])('reads the span %j', (text, expected) => {
    expect(one(`TimeoutStartUSec=${text}`).startTimeout).toBe(expected)
  })

  test('takes no main process and no job for none', () => {
    expect(one('MainPID=0', 'Job=').mainPid).toBeNull()
    expect(one('MainPID=0', 'Job=').job).toBe(false)
    expect(one('MainPID=7', 'Job=12').job).toBe(true)
  })
})
