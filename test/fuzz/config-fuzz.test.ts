import { expect, test } from 'vitest'
import { fuzzConfigurations } from './config-fuzz.ts'

test('whatever is done to a configuration of any format: it is taken, or refused with a code', () => {
  const played = fuzzConfigurations(5_000, 3_000_000)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? 5_000 : 1)
})
