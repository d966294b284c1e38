import { describe, expect, test } from 'vitest'
import { sleepingClock } from '../../../test/fakes/clock.ts'
import { fakeSignals } from '../../../test/fakes/signals.ts'
import { parseLogLine } from '../../model/log-line.ts'
import type { Control } from '../../model/ports/host.ts'
import { launchdHost } from './launchd-host.ts'

function bench() {
  const signals = fakeSignals()
  const lines: string[] = []
  const terminal = { line: (text: string) => void lines.push(text), colour: false }
  const host = launchdHost({ signals, clock: sleepingClock(), terminal })
  const controls: Control[] = []
  host.accept(new Set(['stop', 'reload', 'pause']))
  return { host, signals, controls, lines, texts: () => lines.map((l) => parseLogLine('x', l)) }
}

describe('a service that launchd started', () => {
  test.each([
    ['SIGTERM', { type: 'stop', reason: 'request', force: false }],
    ['SIGHUP', { type: 'reload' }],
    ['SIGUSR1', { type: 'pause' }],
    ['SIGUSR2', { type: 'resume' }],
  ] as const)('takes %s', async (signal, control) => {
    const { host, signals } = bench()
    const heard = new Promise<Control>((resolve) => host.listen(resolve))
    signals.raise(signal)
    expect(await heard).toEqual(control)
  })

  test('S03 hears what came before it listened', () => {
    const { host, signals, controls } = bench()
    signals.raise('SIGUSR1')
    host.listen((control) => void controls.push(control))
    expect(controls).toEqual([{ type: 'pause' }])
  })

  test('writes its states, its words and its entries as lines with time and severity', () => {
    const { host, texts } = bench()
    host.report('starting')
    host.report('starting', 5_000)
    host.report('running')
    host.status('telling a story')
    host.log({ severity: 4, message: 'two\nlines', fields: { a: 1 } })
    expect(texts().map(({ severity, text }) => [severity, text])).toEqual([
      [5, 'starting'],
      [5, 'running'],
      [6, 'status: telling a story'],
      [4, 'two\\nlines {"a":1}'],
    ])
    expect(texts().every(({ at }) => at !== null)).toBe(true)
  })

  test('S04 ends with its code, the reason in its log', () => {
    const { host, texts } = bench()
    expect(host.finish({ kind: 'code', code: 9 }, 'the story cannot begin')).toBe(9)
    expect(texts().at(-1)).toMatchObject({
      severity: 3,
      text: 'stopped with code 9: the story cannot begin',
    })
  })

  test('ends with 0 after a stop, and gives the signals back', () => {
    const { host, signals, texts } = bench()
    expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(0)
    expect(texts().at(-1)).toMatchObject({ severity: 5, text: 'stopped' })
    expect(signals.raise('SIGTERM')).toBe(false)
  })

  test('has no watchdog, and delivers what signals can tell', async () => {
    const { host, signals } = bench()
    expect(host.watchdog).toBeNull()
    expect([...host.delivers].sort()).toEqual(['pause', 'reload', 'resume', 'stop'])
    await host.close()
    expect(signals.raise('SIGHUP')).toBe(false)
  })
})
