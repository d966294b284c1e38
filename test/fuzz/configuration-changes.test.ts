import { test } from 'vitest'
import { changeConfigurations } from '../simulation/configurations.ts'
import { rounds } from './rounds.ts'

test('thousands of lives with configurations that come, fail and go', async () => {
  for (let seed = 1_000; seed < 1_000 + rounds(2_000); seed += 1) await changeConfigurations(seed)
})
