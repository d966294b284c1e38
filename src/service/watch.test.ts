import { describe, expect, test } from 'vitest'
import { fakeHost } from '../../test/fakes/host.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import type { LifecycleState } from '../model/lifecycle-state.ts'
import { keepWatch } from './watch.ts'

function bench(parts: { manager: number | null; own: number | null }) {
  const host = fakeHost(parts.manager)
  const clock = manualClock()
  const silences: number[] = []
  const at = { state: 'running' as LifecycleState }
  const watch = keepWatch({
    host,
    clock,
    limit: parts.own,
    state: () => at.state,
    onSilence: (silence) => silences.push(silence),
  })
  return { host, clock, silences, at, watch }
}

describe('where the manager watches', () => {
  test('the loop feeds it twice in its time', async () => {
    const { host, clock } = bench({ manager: 1_000, own: null })
    await clock.advance(3_000)
    expect(host.pulses).toBe(6)
  })

  test('a service with a watchdog of its own is fed by heartbeats alone', async () => {
    const { host, clock, watch, silences } = bench({ manager: 1_000, own: 1_000 })
    await clock.advance(500)
    expect(host.pulses).toBe(1)
    await clock.advance(5_000)
    expect(host.pulses).toBe(1)
    watch.beat()
    expect(host.pulses).toBe(2)
    expect(silences).toEqual([])
  })

  test('a service that has just begun to run has the whole time for its first heartbeat', async () => {
    const { host, clock, at } = bench({ manager: 1_000, own: 1_000 })
    at.state = 'starting'
    await clock.advance(999)
    at.state = 'running'
    expect(host.pulses).toBe(1)
    await clock.advance(1)
    expect(host.pulses).toBe(2)
    await clock.advance(5_000)
    expect(host.pulses).toBe(2)
  })
})

describe('where nobody else watches', () => {
  test('silence is told once, and the watch is over', async () => {
    const { clock, silences } = bench({ manager: null, own: 1_000 })
    await clock.advance(10_000)
    expect(silences).toHaveLength(1)
    expect(clock.sleepers).toBe(0)
  })

  test('the time before it runs, or while it is paused, is no silence', async () => {
    const { clock, at, silences, watch } = bench({ manager: null, own: 1_000 })
    at.state = 'starting'
    await clock.advance(5_999)
    at.state = 'running'
    await clock.advance(990)
    watch.beat()
    at.state = 'paused'
    await clock.advance(60_000)
    at.state = 'running'
    await clock.advance(990)
    expect(silences).toEqual([])
  })

  test('without a watchdog there is none', async () => {
    const { host, clock } = bench({ manager: null, own: null })
    expect(clock.sleepers).toBe(0)
    await clock.advance(60_000)
    expect(host.pulses).toBe(0)
  })
})

test('a watch that was ended leaves no timer', async () => {
  const { clock, watch } = bench({ manager: 1_000, own: null })
  watch.stop()
  await clock.settle()
  expect(clock.sleepers).toBe(0)
})
