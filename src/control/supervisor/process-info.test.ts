import { expect, test } from 'vitest'
import type { InstanceStatus } from '../../model/guard-status.ts'
import { dayText, processInfo, uptimeText } from './process-info.ts'

const base: InstanceStatus = {
  id: 'web',
  service: 'web',
  instance: 1,
  want: { state: 'up', by: 'configuration', at: '2026-01-02T00:00:00.000Z' },
  phase: 'running',
  ready: true,
  health: 'unknown',
  why: 'it is ready',
  pid: 42,
  incarnation: 1,
  startedAt: '2026-01-02T00:00:00.000Z',
  next: null,
  restarts: 0,
  failures: 0,
  lastExit: null,
  recovery: null,
  statusText: null,
  survivors: [],
}
const now = new Date('2026-01-03T02:03:04.900Z')
const info = (more: Partial<InstanceStatus>, file: string | null = '/log/web.log') =>
  processInfo({ group: 'front', name: 'web', status: { ...base, ...more } }, file, now)
const ended = {
  incarnation: 1,
  pid: 42,
  startedAt: '2026-01-02T00:00:00.000Z',
  at: '2026-01-02T00:00:10.000Z',
  lived: 10_000,
  cause: 'itself',
} as const

test('a running one says its pid and how long it runs', () => {
  expect(info({})).toEqual({
    name: 'web',
    group: 'front',
    description: 'pid 42, uptime 1 day, 2:03:04',
    start: 1767312000,
    stop: 0,
    now: 1767405784,
    state: 20,
    statename: 'RUNNING',
    spawnerr: '',
    exitstatus: 0,
    logfile: '/log/web.log',
    stdout_logfile: '/log/web.log',
    stderr_logfile: '',
    pid: 42,
  })
})

test('one that has ended says when, and how', () => {
  const exited = info({
    phase: 'exited',
    pid: null,
    startedAt: null,
    lastExit: { ...ended, exit: { kind: 'code', code: 3 } },
  })
  expect(exited).toMatchObject({ state: 100, exitstatus: 3, pid: 0, start: 1767312000 })
  expect(exited).toMatchObject({ stop: 1767312010, description: dayText(new Date(ended.at)) })
  const killed = { ...ended, exit: { kind: 'signal', signal: 'SIGKILL' } } as const
  expect(info({ phase: 'stopped', lastExit: killed })).toMatchObject({ exitstatus: -1, state: 0 })
})

test('one that was never started says so, and one that failed why', () => {
  const never = { pid: null, startedAt: null } as const
  expect(info({ ...never, phase: 'stopped' }, null)).toMatchObject({
    description: 'Not started',
    start: 0,
    logfile: '',
  })
  const why = 'it ended with code 1; more than 10 failures in 1m'
  expect(info({ ...never, phase: 'fatal', why })).toMatchObject({ description: why, spawnerr: why })
  expect(info({ ...never, phase: 'waiting', why: 'it waits for db' })).toMatchObject({
    description: 'it waits for db',
    state: 10,
  })
})

test.each([
  [0, '0:00:00'],
  [-5_000, '0:00:00'],
  [59_999, '0:00:59'],
  [3_600_000 * 11 + 60_000, '11:01:00'],
  [86_400_000, '1 day, 0:00:00'],
  [86_400_000 * 800 + 1_000, '800 days, 0:00:01'],
])('%d ms is %s', (milliseconds, text) => {
  expect(uptimeText(milliseconds)).toBe(text)
})

test.each([
  [new Date(2026, 10, 21, 0, 5), 'Nov 21 12:05 AM'],
  [new Date(2026, 0, 1, 12, 0), 'Jan 01 12:00 PM'],
  [new Date(2026, 11, 9, 23, 59), 'Dec 09 11:59 PM'],
])('%s is %s', (at, text) => {
  expect(dayText(at)).toBe(text)
})
