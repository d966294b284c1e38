import { expect, test } from 'vitest'
import { manualClock } from '../../../test/fakes/manual-clock.ts'
import { patiencePump } from './patience-pump.ts'

function bench() {
  const clock = manualClock()
  const sent: [number, number][] = []
  const pump = patiencePump(clock, (micros) => sent.push([clock.monotonic(), micros / 1_000]))
  return { clock, sent, pump }
}

test('patience is renewed every five seconds, and falls silent when it is used up', async () => {
  const { clock, sent, pump } = bench()
  pump.grant(12_000)
  await clock.advance(60_000)
  expect(sent).toEqual([
    [0, 15_000],
    [5_000, 12_000],
    [10_000, 7_000],
  ])
  expect(clock.sleepers).toBe(0)
})

test('each extension reaches beyond the next, and never far', async () => {
  const { clock, sent, pump } = bench()
  pump.grant(600_000)
  await clock.advance(599_999)
  expect(sent).toHaveLength(120)
  for (const [, reach] of sent) {
    expect(reach).toBeGreaterThan(5_000)
    expect(reach).toBeLessThanOrEqual(15_000)
  }
})

test('a new grant takes the place of the old one', async () => {
  const { clock, sent, pump } = bench()
  pump.grant(60_000)
  await clock.advance(1_000)
  pump.grant(3_000)
  await clock.advance(60_000)
  expect(sent).toEqual([
    [0, 15_000],
    [1_000, 8_000],
  ])
})

test('at rest it says nothing more', async () => {
  const { clock, sent, pump } = bench()
  pump.grant(60_000)
  pump.rest()
  await clock.advance(60_000)
  expect(sent).toHaveLength(1)
  expect(clock.sleepers).toBe(0)
})
