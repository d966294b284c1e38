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
