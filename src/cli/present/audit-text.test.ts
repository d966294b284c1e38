import { expect, test } from 'vitest'
import { auditText } from './audit-text.ts'

const line = {
  number: 12,
  at: '2026-01-31T12:00:00.000Z',
  uid: 1_000,
  user: 'ann',
  pid: 77,
  command: 'node stead.js',
  action: 'restart',
  targets: ['web', 'db'],
  result: 'asked',
  previous: '',
  hash: '',
} as const

test('an entry is a line: number, time, who, what, result', () => {
  expect(auditText({ ...line, detail: { rolling: true, labels: { a: 'b' } } })).toBe(
    '   12 2026-01-31T12:00:00.000Z ann (node stead.js, pid 77): restart web, db rolling=true labels={"a":"b"}: asked',
  )
  expect(auditText({ ...line, of: 11, result: 'failed', errors: ['VERB_TIMEOUT'] })).toContain(
    'restart web, db VERB_TIMEOUT: failed (11)',
  )
})

test('who has no name is told by number, and one over TCP by what it showed', () => {
  expect(auditText({ ...line, user: null, command: null })).toContain(' uid 1000 (pid 77): ')
  expect(auditText({ ...line, uid: null, user: null, pid: null, command: null })).toContain(
    ' somebody: ',
  )
  expect(auditText({ ...line, identity: 'token ci' })).toContain(' token ci: ')
})
