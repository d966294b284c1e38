import { describe, expect, test } from 'vitest'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import { fakeSignals } from '../../../test/fakes/signals.ts'
import type { Control } from '../../model/ports/host.ts'
import { systemdHost } from './systemd-host.ts'

/** The datagrams that the manager would get, one a line, without what keeps it patient. */
function bench({
  notify = true,
  shuttingDown = false as boolean | Promise<boolean>,
  watchdog = null as number | null,
} = {}) {
  const clock = manualClock()
  const signals = fakeSignals()
  const sent: string[] = []
  const lines: string[] = []
  let closed = 0
  const host = systemdHost({
    signals,
    clock,
    watchdog,
    shuttingDown: async () => shuttingDown,
    terminal: { line: (text) => void lines.push(text), colour: false },
    notify: notify
      ? {
          send: (assignments) =>
            sent.push(
              Object.entries(assignments)
                .map(([key, value]) => `${key}=${value}`)
                .join(' '),
            ) > 0,
          monotonicMicroseconds: () => 1_234_567n,
          close() {
            closed += 1
          },
        }
      : null,
  })
  const controls: Control[] = []
  host.listen((control) => void controls.push(control))
  host.accept(new Set(['stop', 'reload', 'pause']))
  return { host, clock, signals, sent, lines, controls, closed: () => closed }
}

describe('what systemd is told', () => {
  test('S02 of a start: patience while it lasts, then READY', async () => {
    const { host, clock, sent } = bench()
    host.report('starting', 90_000)
    expect(sent).toEqual(['EXTEND_TIMEOUT_USEC=15000000'])
    await clock.advance(5_000)
    host.report('running')
    await clock.advance(60_000)
    expect(sent.slice(1)).toEqual(['EXTEND_TIMEOUT_USEC=15000000', 'READY=1 STATUS='])
  })

  test('S11 of a reload: RELOADING with the time of it, then READY', () => {
    const { host, sent } = bench()
    host.report('running')
    host.report('reloading')
    host.report('running')
    expect(sent).toEqual([
      'READY=1 STATUS=',
      'RELOADING=1 MONOTONIC_USEC=1234567',
      'READY=1 STATUS=',
    ])
  })

  test('S11 of a pause: the state as the status, before the words of the service', () => {
    const { host, sent } = bench()
    host.report('running')
    host.report('pausing')
    host.report('paused')
    host.status('12 jobs left')
    host.report('resuming')
    host.report('running')
    expect(sent).toEqual([
      'READY=1 STATUS=',
      'STATUS=pausing',
      'STATUS=paused',
      'STATUS=paused: 12 jobs left',
      'STATUS=resuming: 12 jobs left',
      'READY=1 STATUS=12 jobs left',
    ])
  })

  test('of a stop: STOPPING, and nothing after the end of it', async () => {
    const { host, clock, sent } = bench()
    host.report('running')
    host.report('stopping', 10_000)
    expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(0)
    await clock.advance(60_000)
    expect(sent).toEqual([
      'READY=1 STATUS=',
      'STOPPING=1',
      'EXTEND_TIMEOUT_USEC=15000000',
      'STOPPING=1 STATUS=',
    ])
    expect(clock.sleepers).toBe(0)
  })

  test('S04 of a failure: the reason as status and in the journal, the code as the exit', () => {
    const { host, sent, lines } = bench()
    host.report('starting')
    expect(host.finish({ kind: 'code', code: 9 }, 'no disk')).toBe(9)
    expect(sent).toEqual(['STOPPING=1 STATUS=no disk'])
    expect(lines.at(-1)).toMatch(/^<3>.*code 9.*no disk$/)
  })

  test('S12 of a heartbeat: WATCHDOG', () => {
    const { host, sent } = bench({ watchdog: 5_000 })
    host.pulse()
    expect(sent).toEqual(['WATCHDOG=1'])
    expect(host.watchdog).toBe(5_000)
  })

  test('is nothing where it does not listen, and the log is written all the same', async () => {
    const { host, sent, lines } = bench({ notify: false })
    host.report('starting', 1_000)
    host.report('running')
    host.pulse()
    host.log({ severity: 4, message: 'careful' })
    expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(0)
    await host.close()
    expect([sent, lines]).toEqual([[], ['<4>careful']])
  })
})

test('each line of a log entry has its severity in front', () => {
  const { host, lines } = bench()
  host.log({ severity: 6, message: 'first\nsecond', fields: { n: 1 } })
  expect(lines).toEqual(['<6>first', '<6>second {"n":1}'])
})

describe('a signal of systemd', () => {
  test.each([
    [false, 'request'],
    [true, 'shutdown'],
  ] as const)(
    'SIGTERM, the machine going down: %s, is a stop by %s',
    async (shuttingDown, reason) => {
      const { signals, controls, clock } = bench({ shuttingDown })
      signals.raise('SIGTERM')
      await clock.settle()
      expect(controls).toEqual([{ type: 'stop', reason, force: false }])
    },
  )

  test.each([
    ['SIGHUP', 'reload'],
    ['SIGUSR1', 'pause'],
    ['SIGUSR2', 'resume'],
  ] as const)('%s is a %s', (signal, type) => {
    const { signals, controls } = bench()
    signals.raise(signal)
    expect(controls).toEqual([{ type }])
  })

  test('SIGHUP never stops: there is no terminal that could have gone', () => {
    const { host, signals, controls } = bench()
    host.accept(new Set(['stop']))
    signals.raise('SIGHUP')
    expect(controls).toEqual([{ type: 'reload' }])
  })
})

test('closed, it gives back the signals and the socket', async () => {
  const { host, signals, closed } = bench()
  await host.close()
  expect(signals.raise('SIGTERM')).toBe(false)
  expect(closed()).toBe(1)
})

test('S12 a machine that does not answer holds no stop up', async () => {
  const { signals, controls, clock } = bench({ shuttingDown: new Promise(() => {}) })
  signals.raise('SIGTERM')
  await clock.advance(500)
  expect(controls).toEqual([{ type: 'stop', reason: 'request', force: false }])
})
