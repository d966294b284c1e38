import { expect, test } from 'vitest'
import { fuzzImports } from './foreign-fuzz.ts'
import { rounds } from './rounds.ts'

const KINDS = ['systemd', 'runit', 's6'] as const

test(`whatever is done to a configuration of ${KINDS.join(', ')}: it is imported, or refused with a code`, async () => {
  const count = rounds(10_000)
  const played = await fuzzImports(KINDS, count, 3_000_000)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? count : 1)
})
