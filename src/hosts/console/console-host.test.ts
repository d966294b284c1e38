import { describe, expect, test } from 'vitest'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import { fakeSignals } from '../../../test/fakes/signals.ts'
import type { Control } from '../../model/ports/host.ts'
import { consoleHost } from './console-host.ts'

function bench(colour = false) {
  const clock = manualClock()
  const signals = fakeSignals()
  const lines: string[] = []
  const terminal = { line: (text: string) => void lines.push(text), colour }
  const host = consoleHost({ name: 'web', signals, clock, terminal })
  const controls: Control[] = []
  host.listen((control) => void controls.push(control))
  /** Without the time of day in front. */
  const texts = (): string[] => lines.map((line) => line.slice(line.indexOf(' ') + 1))
  return { host, clock, signals, lines, texts, controls }
}

describe('what a terminal shows', () => {
  test('is each state, how long it took, and what is said', async () => {
    const { host, clock, lines, texts } = bench()
    host.report('starting', 90_000)
    await clock.advance(120)
    host.report('running')
    host.status('on port 80')
    host.log({ severity: 4, message: 'careful', fields: { n: 1 } })
    host.report('stopping', 10_000)
    await clock.advance(30)
    expect(host.finish({ kind: 'code', code: 0 }, null)).toBe(0)
    expect(texts()).toEqual([
      'starting web',
      'running web after 120 ms',
      'status on port 80',
      'warn careful {"n":1}',
      'stopping web',
      'stopped web after 30 ms',
    ])
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} starting web$/)
  })

  test('S04 of a failure is its code and its reason', () => {
    const { host, texts } = bench()
    host.report('starting')
    expect(host.finish({ kind: 'code', code: 9 }, 'no disk')).toBe(9)
    expect(texts().at(-1)).toBe('stopped web after 0 ms with code 9: no disk')
  })

  test('is not the same state again because it may take longer', () => {
    const { host, texts } = bench()
    host.report('starting', 90_000)
    host.report('starting', 10_000)
    expect(texts()).toEqual(['starting web'])
  })

  test('has colours and the keys only where there are colours', () => {
    const { host, lines } = bench(true)
    host.accept(new Set(['stop', 'reload', 'pause']))
    host.report('running')
    expect(lines[0]).toContain('\u001b[32mrunning\u001b[0m web')
    expect(lines[0]).toContain('Ctrl-C stops, SIGHUP reloads, SIGUSR1 pauses, SIGUSR2 resumes')
  })
})

describe('a signal in a terminal', () => {
  test('S03 Ctrl-C stops, and the second one forces', async () => {
    const { signals, controls, clock } = bench()
    signals.raise('SIGINT')
    await clock.advance(1_000)
    signals.raise('SIGINT')
    expect(controls).toEqual([
      { type: 'stop', reason: 'interrupt', force: false },
      { type: 'stop', reason: 'interrupt', force: true },
    ])
  })

  test('SIGTERM never forces, however often it comes', async () => {
    const { signals, controls, clock } = bench()
    signals.raise('SIGTERM')
    signals.raise('SIGTERM')
    await clock.settle()
    const stop = { type: 'stop', reason: 'request', force: false }
    expect(controls).toEqual([stop, stop])
  })

  test('SIGHUP reloads who can, and stops who cannot', () => {
    const { host, signals, controls } = bench()
    host.accept(new Set(['stop', 'reload']))
    signals.raise('SIGHUP')
    host.accept(new Set(['stop']))
    expect(controls).toEqual([{ type: 'reload' }])
    const other = bench()
    other.host.accept(new Set(['stop']))
    other.signals.raise('SIGHUP')
    expect(other.controls).toEqual([{ type: 'stop', reason: 'interrupt', force: false }])
  })

  test('is given back at the end', () => {
    const { host, signals } = bench()
    host.finish({ kind: 'code', code: 0 }, null)
    expect(signals.raise('SIGINT')).toBe(false)
  })
})
