import { describe, expect, test } from 'vitest'
import type { InstanceDetail, InstanceStatus } from '../../model/guard-status.ts'
import { exitText, explainText, guardTable, outletTexts } from './guard-text.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const running: InstanceStatus = {
  id: 'api',
  service: 'api',
  instance: 1,
  want: { state: 'up', by: 'boot', at: '2026-11-21T09:00:00.000Z' },
  phase: 'running',
  ready: true,
  health: 'unknown',
  why: 'it runs',
  pid: 42,
  incarnation: 3,
  startedAt: '2026-11-21T09:58:00.000Z',
  next: null,
  restarts: 2,
  failures: 1,
  lastExit: null,
  recovery: null,
  statusText: null,
  survivors: [],
}
const backoff: InstanceStatus = {
  ...running,
  id: 'web@2',
  phase: 'backoff',
  ready: false,
  pid: null,
  startedAt: null,
  why: 'it ended with code 7',
  next: { at: '2026-11-21T10:00:02.500Z', what: 'restart' },
  lastExit: {
    incarnation: 3,
    pid: 41,
    exit: { kind: 'code', code: 7 },
    startedAt: '2026-11-21T09:59:58.000Z',
    at: '2026-11-21T09:59:59.000Z',
    lived: 1_000,
    cause: 'itself',
  },
}

describe('the table of a guard', () => {
  test('has a line for each service, and says why only where something is not as it should be', () => {
    expect(guardTable([running, backoff], now, false)).toBe(
      [
        'SERVICE  PHASE    READY  PID  UP  RESTARTS  WHY',
        'api      running  yes    42   2m  2',
        'web@2    backoff  -      -    -   2         it ended with code 7; restart in 2.5 s',
      ].join('\n'),
    )
  })

  test('colours the phase alone, and nothing where there is no colour', () => {
    expect(guardTable([running], now, true)).toContain('\u001b[32mrunning')
    expect(guardTable([running], now, false)).not.toContain('\u001b')
  })

  test('says so when there is nothing', () => {
    expect(guardTable([], now, false)).toBe('no services')
  })
})

describe('an explanation', () => {
  const detail: InstanceDetail = {
    ...backoff,
    command: ['x'],
    cwd: '/',
    dependsOn: [{ name: 'db', condition: 'ready', met: false }],
    dependents: [],
    groups: [],
    labels: {},
    log: null,
    memory: null,
    limits: { memory: null, cpu: null, openFiles: null, processes: null, coreSize: null },
    probes: [],
    heartbeat: null,
    exits: [],
    changes: ['the end of its delay', 'stead start web@2: at once'],
  }

  test('says which way a control group is used, and why it is not', () => {
    const limits = { ...detail.limits, memory: 1024 }
    const lineOf = (cgroup: InstanceDetail['cgroup'] & object): string | undefined =>
      explainText({ ...detail, limits, cgroup }, now, [])
        .split('\n')
        .find((line) => line.includes('control group'))
    expect(lineOf({ path: '/g/a', controllers: ['memory'], reason: null })).toBe(
      'control group /g/a, controllers: memory',
    )
    expect(lineOf({ path: '/g/a', controllers: [], reason: 'there is none' })).toBe(
      'control group /g/a, no controller; limits.memory is measured (there is none)',
    )
    expect(lineOf({ path: null, controllers: [], reason: 'not mounted' })).toBe(
      'no control group: not mounted',
    )
  })

  test('says why, who wants it, what is next, what would change it, and its last words', () => {
    const text = explainText(detail, now, ['boom', 'at line 3'])
    expect(text.split('\n')).toEqual([
      'web@2 is backoff: it ended with code 7',
      'wanted up, asked by boot, 1h ago',
      'next: restart at 2026-11-21T10:00:02.500Z',
      'needs db (ready): not met',
      'failures that count: 1',
      'what would change it:',
      '  the end of its delay',
      '  stead start web@2: at once',
      'last end: 2026-11-21T09:59:59.000Z  #3 pid 41  code 7 after 1000 ms (itself)',
      'its last 2 lines:',
      '  boom',
      '  at line 3',
    ])
  })
})

test('a life in the history counts short ones in milliseconds and long ones in seconds', () => {
  expect(
    exitText({ ...(backoff.lastExit as NonNullable<typeof backoff.lastExit>), lived: 90_400 }),
  ).toContain('after 90 s')
})

test('who is told of events is told of where it takes none', () => {
  const up = { next: 9, behind: 0, told: 8, lost: 0, trouble: null }
  const outlets = [
    { ...up, outlet: 'webhook ops', state: 'up' },
    { ...up, outlet: 'listener mine', state: 'down', behind: 4, trouble: 'HTTP 503' },
  ] as const
  expect(outletTexts(outlets)).toEqual(['listener mine takes no events: HTTP 503; it is 4 behind'])
})
