import { expect, test } from 'vitest'
import { playMany } from '../simulation/many.ts'

test('five thousand simulated lives of a guard break no rule (1 of 4)', async () => {
  const { played } = await playMany(100_000, 5_000)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? 5_000 : 1)
})
