import { expect, test } from 'vitest'
import { changeConfigurations } from '../../test/simulation/configurations.ts'

/** `npm test` plays more: test/fuzz/configuration-changes.test.ts. */
const SEEDS = 100

test('configurations that come, fail and go in simulated lives leave exactly one of them running, and the history tells which', {
  timeout: 60_000,
}, async () => {
  let rolledBack = 0
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    rolledBack += (await changeConfigurations(seed)).rolledBack
  }
  // Otherwise nothing was shown.
  expect(rolledBack).toBeGreaterThan(SEEDS / 4)
})
