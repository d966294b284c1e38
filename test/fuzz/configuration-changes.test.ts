import { test } from 'vitest'
import { changeConfigurations } from '../simulation/configurations.ts'

test('two thousand more lives with configurations that come, fail and go', async () => {
  for (let seed = 1_000; seed < 3_000; seed += 1) await changeConfigurations(seed)
})
