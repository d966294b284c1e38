import { expect, test } from 'vitest'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import { fakeSignals } from '../../../test/fakes/signals.ts'
import type { Control } from '../../model/ports/host.ts'
import { logonHost } from './logon-host.ts'

function bench() {
  const lines: string[] = []
  const signals = fakeSignals()
  const sink = { write: (line: string) => void lines.push(line), close: () => {} }
  const host = logonHost({ signals, clock: manualClock(), sink })
  const controls: Control[] = []
  host.listen((control) => void controls.push(control))
  host.accept(new Set(['stop', 'reload']))
  const texts = (): string[] => lines.map((line) => line.slice(line.indexOf(' ') + 1))
  return { host, signals, lines, texts, controls }
}

test('what nobody is told stands in the log: each state once, with its time, and the end', () => {
  const { host, lines, texts } = bench()
  host.report('starting')
  host.report('starting', 5_000)
  host.report('running')
  host.status('on port 80')
  expect(host.finish({ kind: 'code', code: 70 }, 'it crashed')).toBe(70)
  expect(texts()).toEqual([
    '<5> starting',
    '<5> running',
    '<6> status: on port 80',
    '<3> stopped with code 70: it crashed',
  ])
  expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('a console that closes, and Ctrl-Break, are a stop', () => {
  const { host, signals, controls } = bench()
  signals.raise('SIGHUP')
  signals.raise('SIGBREAK')
  const stop = { type: 'stop', reason: 'interrupt', force: false }
  expect(controls).toEqual([stop, stop])
  host.finish({ kind: 'code', code: 0 }, null)
  expect(signals.raise('SIGHUP')).toBe(false)
})
