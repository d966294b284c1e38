import { expect, test } from 'vitest'
import type { LogFiles } from '../model/ports/log-files.ts'
import { readLogFile } from './log-file.ts'

const LINES = [
  '2026-01-01T00:00:00.000Z <6> one',
  'a stray line',
  '2026-01-01T00:01:00.000Z <3> two',
  'a trace of two',
]

const files: LogFiles = {
  async *tail(_path, { last, keep = () => true }) {
    yield* LINES.filter(keep).slice(last === null ? 0 : -last)
  },
}

test('lines come with their time and severity, others as they are', async () => {
  const lines = await Array.fromAsync(readLogFile(files, 'app.log', 'app', { lines: 2 }))
  expect(lines).toEqual([
    { at: new Date('2026-01-01T00:01:00Z'), service: 'app', severity: 3, pid: null, text: 'two' },
    { at: null, service: 'app', severity: null, pid: null, text: 'a trace of two' },
  ])
})

test('a line without a time belongs to the one before it', async () => {
  const since = new Date('2026-01-01T00:00:30Z')
  const lines = await Array.fromAsync(readLogFile(files, 'app.log', 'app', { since }))
  expect(lines.map(({ text }) => text)).toEqual(['two', 'a trace of two'])
})
