import { describe, expect, test } from 'vitest'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { fakeSignals } from '../../test/fakes/signals.ts'
import type { Control, ControlType } from '../model/ports/host.ts'
import { signalControls } from './signal-controls.ts'

function bench({ hangsUp = false, accepts = ['stop'] as ControlType[] } = {}) {
  const signals = fakeSignals()
  const clock = manualClock()
  const controls: Control[] = []
  const giveBack = signalControls({
    signals,
    clock,
    deliver: (control) => void controls.push(control),
    accepts: () => new Set(accepts),
    hangsUp: () => hangsUp,
    reasonOfStop: async () => 'shutdown',
  })
  return { signals, clock, controls, giveBack }
}

describe('Ctrl-C', () => {
  test('stops, and a second one forces', async () => {
    const { signals, clock, controls } = bench()
    signals.raise('SIGINT')
    await clock.advance(1_000)
    signals.raise('SIGINT')
    expect(controls).toEqual([
      { type: 'stop', reason: 'interrupt', force: false },
      { type: 'stop', reason: 'interrupt', force: true },
    ])
  })

  test('that npm passes on once more is still one', async () => {
    const { signals, clock, controls } = bench()
    signals.raise('SIGINT')
    await clock.advance(100)
    signals.raise('SIGINT')
    expect(controls.every((control) => control.type === 'stop' && !control.force)).toBe(true)
  })

  test('is SIGBREAK as well, on Windows', () => {
    const { signals, controls } = bench()
    signals.raise('SIGBREAK')
    expect(controls).toEqual([{ type: 'stop', reason: 'interrupt', force: false }])
  })
})

describe('the other signals', () => {
  test('S12 SIGTERM stops, with the reason that was found out', async () => {
    const { signals, clock, controls } = bench()
    signals.raise('SIGTERM')
    await clock.settle()
    expect(controls).toEqual([{ type: 'stop', reason: 'shutdown', force: false }])
  })

  test('S11 SIGUSR1 and SIGUSR2 pause and resume', () => {
    const { signals, controls } = bench()
    signals.raise('SIGUSR1')
    signals.raise('SIGUSR2')
    expect(controls).toEqual([{ type: 'pause' }, { type: 'resume' }])
  })

  test.each([
    [false, ['stop'], 'reload'],
    [true, ['stop'], 'stop'],
    [true, [], 'reload'],
  ] as [boolean, ControlType[], string][])(
    'SIGHUP, where it may be a terminal that goes: %s, and the service takes %j: %s',
    (hangsUp, accepts, expected) => {
      const { signals, controls } = bench({ hangsUp, accepts })
      signals.raise('SIGHUP')
      expect(controls.map(({ type }) => type)).toEqual([expected])
    },
  )

  test('are all given back', () => {
    const { signals, giveBack } = bench()
    giveBack()
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGBREAK'] as const
    expect(names.map((name) => signals.raise(name))).toEqual(names.map(() => false))
  })
})
