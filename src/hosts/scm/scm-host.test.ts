import { expect, test } from 'vitest'
import { fakeScmConversation } from '../../../test/fakes/scm-conversation.ts'
import type { Control } from '../../model/ports/host.ts'
import { systemClock } from '../../platform/clock.ts'
import { scmHost } from './scm-host.ts'

function hostOn(facts: Parameters<typeof fakeScmConversation>[0] = {}) {
  const fake = fakeScmConversation(facts)
  const lines: string[] = []
  const clock = { ...systemClock(), wall: () => new Date('2026-11-21T05:00:00Z') }
  const sink = { write: (line: string) => void lines.push(line), close: () => {} }
  return { fake, lines, host: scmHost({ conversation: fake.conversation, clock, sink }) }
}

test('every state has its word at the SCM, with the patience that was asked for', () => {
  const { host, fake } = hostOn()
  host.report('starting', 60_000)
  host.report('running')
  host.report('reloading', 5_000)
  host.report('pausing', 1_000)
  host.report('paused')
  host.report('resuming', 2_000)
  host.report('stopping', 10_000)
  expect(fake.states).toEqual([
    'start-pending',
    'running',
    'running',
    'pause-pending',
    'paused',
    'continue-pending',
    'stop-pending',
  ])
  expect(fake.patience[0]).toBe(60_000)
  expect(fake.patience[6]).toBe(10_000)
})

test('controls that came before there is a receiver are delivered at once, unknown ones never', () => {
  const { host, fake } = hostOn()
  for (const code of [2, 13, 15]) fake.send(code)
  const controls: Control[] = []
  host.listen((control) => controls.push(control))
  fake.send(200)
  expect(controls).toEqual([
    { type: 'pause' },
    { type: 'stop', reason: 'preshutdown', force: false },
    { type: 'custom', code: 200 },
  ])
})

test('what the service accepts is told to the SCM in its bits', () => {
  const { host, fake } = hostOn()
  host.accept(new Set(['stop', 'custom']))
  expect(fake.accepted).toEqual({ bits: 0x101, custom: true })
  host.accept(new Set(['interrogate']))
  expect(fake.accepted).toEqual({ bits: 0, custom: false })
})

test('what has an id of its own is in the Event Log whatever its severity, started and ready once', () => {
  const { host, fake } = hostOn()
  host.report('starting', 1_000)
  host.report('starting', 2_000)
  host.report('running')
  host.report('reloading')
  host.report('running')
  host.log({ severity: 2, message: 'not caught: Error: x', event: 'crashed' })
  host.finish({ kind: 'code', code: 9 }, 'x')
  host.finish({ kind: 'code', code: 0 }, null)
  expect(fake.events).toEqual([
    { event: 'started', severity: 6, detail: '' },
    { event: 'ready', severity: 6, detail: '' },
    { event: 'crashed', severity: 2, detail: 'not caught: Error: x' },
    { event: 'failed', severity: 3, detail: 'stopped, code 9: x' },
  ])
})

test('a stop with success is in the Event Log as information', () => {
  const { host, fake } = hostOn()
  host.finish({ kind: 'code', code: 0 }, null)
  expect(fake.events).toEqual([{ event: 'stopped', severity: 6, detail: 'code 0' }])
})

test('start arguments are those of the SCM', () => {
  expect(hostOn({ startArguments: ['--safe'] }).host.startArguments).toEqual(['--safe'])
})

test('entries go to the file, and from warning upwards to the Event Log as well', () => {
  const { host, fake, lines } = hostOn()
  host.log({ severity: 6, message: 'hello', fields: { port: 80 } })
  host.log({ severity: 4, message: 'disk nearly full' })
  host.log({ severity: 3, message: 'disk full', fields: { free: 0 } })
  expect(lines).toEqual([
    '2026-11-21T05:00:00.000Z <6> hello {"port":80}',
    '2026-11-21T05:00:00.000Z <4> disk nearly full',
    '2026-11-21T05:00:00.000Z <3> disk full {"free":0}',
  ])
  expect(fake.events).toEqual([
    { event: 'log-warning', severity: 4, detail: 'disk nearly full' },
    { event: 'log-error', severity: 3, detail: 'disk full {"free":0}' },
  ])
})

test('S04 a failure is STOPPED with 1066 and its code, the reason in the log, once', () => {
  const { host, fake, lines } = hostOn()
  expect(host.finish({ kind: 'code', code: 9 }, 'no database')).toBe(9)
  expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(9)
  host.report('running')
  expect(fake.finished).toEqual({ win32: 1066, specific: 9 })
  expect(fake.states).toEqual(['stopped'])
  expect(lines).toEqual(['2026-11-21T05:00:00.000Z <3> stopped, code 9: no database'])
})

test.each([
  [{ kind: 'signal', signal: 'SIGKILL' } as const],
  [{ kind: 'spawn-error', errno: 'EMFILE' } as const],
  [{ kind: 'unknown' } as const],
])('S04 a failure without a code, %j, is code 1', (exit) => {
  const { host, fake } = hostOn()
  expect(host.finish(exit, null)).toBe(1)
  expect(fake.finished).toEqual({ win32: 1066, specific: 1 })
})

test.each([
  ['ENOENT', 2],
  ['EACCES', 5],
  ['ENOEXEC', 193],
  ['ENOTDIR', 267],
  ['WIN32_740', 740],
])(
  'a program that could not be started, %s, is STOPPED with the number of Windows',
  (errno, number) => {
    const { host, fake } = hostOn()
    expect(host.finish({ kind: 'spawn-error', errno }, null)).toBe(1)
    expect(fake.finished).toEqual({ win32: number, specific: 0 })
  },
)

test('the code of a crash is told as it is', () => {
  const { host, fake, lines } = hostOn()
  host.finish({ kind: 'code', code: 0xc0000005 }, null)
  expect(fake.finished).toEqual({ win32: 1066, specific: 0xc0000005 })
  expect(lines[0]).toContain('0xC0000005, access violation')
})

test('what the record allows a start and a stop is the patience of reports that name none', () => {
  const { conversation, patience } = fakeScmConversation()
  const host = scmHost({
    conversation,
    clock: systemClock(),
    sink: null,
    patience: { start: 95_000, stop: 17_000 },
  })
  host.report('starting')
  host.report('pausing', 1_000)
  host.report('stopping')
  expect(patience).toEqual([95_000, 1_000, 17_000])
})

test('success is STOPPED with nothing', async () => {
  const { host, fake, lines } = hostOn()
  expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(0)
  await host.close()
  expect(fake.finished).toEqual({ win32: 0, specific: 0 })
  expect(fake.closed).toBe(true)
  expect(lines).toEqual([])
})
