import { describe, expect, test } from 'vitest'
import { playMany } from '../../test/simulation/many.ts'
import { play } from '../../test/simulation/play.ts'

/** `npm test` plays twenty thousand more: test/fuzz/simulation-*.test.ts. */
const SEEDS = 1_000

describe('the guard in simulated lives', () => {
  test('L04 L05 L06 L08 L10 L12 T01 T02 T03 a thousand seeds break no rule', {
    timeout: 600_000,
  }, async () => {
    const { played, starts, steps } = await playMany(1, SEEDS)
    if (process.env.STEAD_SEED === undefined) expect(played).toBe(SEEDS)
    expect(starts).toBeGreaterThan(played)
    expect(steps).toBeGreaterThanOrEqual(20 * played)
  })

  test('a seed replays: the same events, one for one', async () => {
    const [first, second] = [await play(7), await play(7)]
    expect(first.events.length).toBeGreaterThan(20)
    expect(second.events).toEqual(first.events)
  })
})
