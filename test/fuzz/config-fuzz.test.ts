import { expect, test } from 'vitest'
import { fuzzConfigurations } from './config-fuzz.ts'
import { rounds } from './rounds.ts'

test('whatever is done to a configuration of any format: it is taken, or refused with a code', () => {
  const count = rounds(5_000)
  const played = fuzzConfigurations(count, 3_000_000)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? count : 1)
})
