import { expect, test } from 'vitest'
import { formatLogLine, parseLogLine } from './log-line.ts'

const at = new Date('2026-11-21T05:10:00.123Z')

test('an entry is written as one line and read back', () => {
  const line = formatLogLine(at, { severity: 3, message: 'no disk\nleft', fields: { free: 0 } })
  expect(line).toBe('2026-11-21T05:10:00.123Z <3> no disk\\nleft {"free":0}')
  expect(parseLogLine('web', line)).toEqual({
    at,
    service: 'web',
    severity: 3,
    pid: null,
    text: 'no disk\\nleft {"free":0}',
  })
})

test('a line that is not ours keeps its text', () => {
  expect(parseLogLine('web', 'plain')).toMatchObject({ at: null, severity: null, text: 'plain' })
})

test('a line that was stored as JSON is read back; JSON of a program itself stays text', () => {
  const line =
    '{"at":"2026-11-21T05:10:00.123Z","service":"api","instance":2,"stream":"stderr","incarnation":1,"seq":9,"severity":3,"text":"no \\"disk\\""}'
  expect(parseLogLine('web', line)).toEqual({
    at,
    service: 'api',
    severity: 3,
    pid: null,
    text: 'no "disk"',
  })
  for (const own of ['{"at":"now","text":"x"}', '{"at":"2026-11-21T05:10:00.123Z"}', '{"at":"']) {
    expect(parseLogLine('web', own)).toMatchObject({ at: null, text: own })
  }
})
