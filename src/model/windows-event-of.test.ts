import { expect, test } from 'vitest'
import type { GuardEvent, GuardHappening } from './guard-event.ts'
import { windowsEvents } from './windows-event-of.ts'

const told = (happening: GuardHappening): GuardEvent => ({ ...happening, number: 1, at: 'now' })
const phase = (to: 'running' | 'backoff' | 'fatal' | 'lost'): GuardHappening => ({
  type: 'phase',
  id: 'web',
  from: 'running',
  to,
  why: '',
  pid: null,
  incarnation: 1,
})
const life = { type: 'exit', id: 'web', incarnation: 1, pid: 4 } as const

test.each<[string, GuardHappening, string | null]>([
  ['a restart to come', phase('backoff'), 'restarting'],
  ['an end for good', phase('fatal'), 'gave-up'],
  ['a program that was lost', phase('lost'), 'gave-up'],
  ['a program that runs', phase('running'), null],
  [
    'an access violation',
    { ...life, cause: 'itself', exit: { kind: 'code', code: 0xc0000005 } },
    'crashed',
  ],
  [
    'an end with code 7 for want of memory',
    { ...life, cause: 'memory', exit: { kind: 'code', code: 7, outOfMemory: 'limit' } },
    'crashed',
  ],
  ['an end with code 7', { ...life, cause: 'itself', exit: { kind: 'code', code: 7 } }, null],
  [
    'a stop that had to kill',
    { ...life, cause: 'stop', exit: { kind: 'signal', signal: 'SIGKILL' } },
    'stop-forced',
  ],
  ['a stop', { ...life, cause: 'stop', exit: { kind: 'code', code: 0 } }, null],
  ['processes that live on', { type: 'survivors', id: 'web', pids: [8] }, 'survivors'],
  ['a service that is declared otherwise', { type: 'changed', id: 'web' }, null],
  ['a word of the guard', { type: 'guard', text: 'started', severity: 6 }, null],
])('%s', (_, happening, name) => {
  expect(windowsEvents()(told(happening))).toBe(name)
})

test('health comes back only where it was lost', () => {
  const name = windowsEvents()
  const health = (of: 'healthy' | 'unhealthy' | 'unknown', id = 'web') =>
    name(told({ type: 'health', id, health: of, detail: '' }))
  expect([
    health('healthy'),
    health('unhealthy'),
    health('healthy', 'other'),
    health('healthy'),
    health('healthy'),
    health('unhealthy'),
    health('unknown'),
    health('healthy'),
  ]).toEqual([null, 'unhealthy', null, 'healthy', null, 'unhealthy', null, null])
})

test('each configuration that is taken is told once, and one that is taken back as refused', () => {
  const name = windowsEvents()
  const config = (version: number, outcome: 'trial' | 'good' | 'rolled-back' | 'replaced') =>
    name(told({ type: 'config', version, outcome, reason: null }))
  expect([
    config(2, 'good'),
    config(3, 'trial'),
    config(3, 'good'),
    config(4, 'trial'),
    config(4, 'rolled-back'),
    config(5, 'good'),
    config(6, 'trial'),
    config(6, 'replaced'),
  ]).toEqual([
    'configuration-applied',
    'configuration-applied',
    null,
    'configuration-applied',
    'configuration-refused',
    'configuration-applied',
    'configuration-applied',
    null,
  ])
})
