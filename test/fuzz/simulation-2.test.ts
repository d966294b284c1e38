import { expect, test } from 'vitest'
import { playMany } from '../simulation/many.ts'
import { rounds } from './rounds.ts'

test('thousands of simulated lives of a guard break no rule (2 of 4)', async () => {
  const count = rounds(2_500)
  const { played } = await playMany(200_000, count)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? count : 1)
})
