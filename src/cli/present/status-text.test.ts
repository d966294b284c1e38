import { describe, expect, test } from 'vitest'
import type { ServiceStatus } from '../../model/service-status.ts'
import { listText, statusText } from './status-text.ts'

const now = new Date('2026-03-01T12:00:00Z')

const running: ServiceStatus = {
  name: 'web',
  manager: 'systemd',
  scope: 'system',
  ours: true,
  displayName: 'The Shop',
  startType: 'auto',
  want: 'up',
  phase: 'running',
  ready: true,
  pid: 4711,
  startedAt: new Date('2026-03-01T10:58:30Z'),
  memory: 50 * 1024 * 1024,
  restarts: 2,
  lastExit: { exit: { kind: 'signal', signal: 'SIGKILL' }, at: new Date('2026-03-01T10:58:29Z') },
  statusText: 'serving 12 customers',
  why: null,
}

/** Nothing is known but that it is not there. */
const absent: ServiceStatus = {
  ...running,
  ours: false,
  displayName: null,
  startType: null,
  want: null,
  phase: 'not-installed',
  ready: null,
  pid: null,
  startedAt: null,
  memory: null,
  restarts: null,
  lastExit: null,
  statusText: null,
}

describe('a status', () => {
  test('has a line for each fact that is known', () => {
    expect(statusText(running, now, false)).toBe(
      [
        'web (The Shop)',
        '  phase:     running',
        '  want:      up',
        '  ready:     yes',
        '  status:    serving 12 customers',
        '  pid:       4711',
        '  uptime:    1h1m30s',
        '  memory:    50M',
        '  restarts:  2',
        '  last exit: signal SIGKILL, 2026-03-01T10:58:29.000Z (1h1m31s ago)',
        '  start:     auto',
        '  manager:   systemd, system',
      ].join('\n'),
    )
  })

  test('leaves out what the manager does not tell', () => {
    expect(statusText(absent, now, false)).toBe(
      ['web', '  phase:     not-installed', '  manager:   systemd, system'].join('\n'),
    )
  })

  test('says why, and who did not install it', () => {
    const text = statusText({ ...running, phase: 'fatal', why: 'code 1', ours: false }, now, false)
    expect(text).toMatch(/^ {2}phase: {5}fatal: code 1$/m)
    expect(text).toMatch(/not installed by this stead$/)
  })

  test('has colour only where it is asked for', () => {
    expect(statusText(running, now, true)).toContain('\u001b[32mrunning\u001b[0m')
    expect(statusText(running, now, false)).not.toContain('\u001b')
  })

  test('never has an age below zero, whatever the clocks say', () => {
    const ahead = { ...running, startedAt: new Date('2026-03-01T12:00:05Z') }
    expect(statusText(ahead, now, false)).toMatch(/uptime: {4}0s$/m)
  })
})

test('a list is a table of 80 columns, also with colour', () => {
  const plain = listText([running, { ...absent, name: 'a-longer-name' }], now, false)
  expect(plain.split('\n')).toEqual([
    'NAME           PHASE          PID      UPTIME     MEMORY   START',
    'web            running        4711     1h1m30s    50M      auto',
    'a-longer-name  not-installed  -        -          -        -',
  ])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour is made of them
  const painted = listText([running], now, true).replace(/\u001b\[\d*m/g, '')
  expect(painted).toBe(listText([running], now, false))
})

test('a list of Windows services has their accounts, and fits 80 columns', () => {
  const windows = { ...running, manager: 'scm', want: null } as const
  const lines = listText(
    [
      { ...windows, account: 'NT AUTHORITY\\LocalService' },
      { ...windows, name: 'shop', startType: 'disabled', account: '.\\bob' },
      { ...windows, name: 'other', account: null },
    ],
    now,
    false,
  ).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/).slice(-2))).toEqual([
    ['START', 'ACCOUNT'],
    ['auto', 'LocalService'],
    ['disabled', '.\\bob'],
    ['auto', '-'],
  ])
  expect(lines.filter((line) => line.length > 80)).toEqual([])
  expect(statusText({ ...windows, account: '.\\bob' }, now, false)).toContain(
    '  account:   .\\bob\n',
  )
})
