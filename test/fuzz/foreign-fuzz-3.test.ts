import { expect, test } from 'vitest'
import { fuzzImports } from './foreign-fuzz.ts'

const KINDS = ['systemd', 'runit', 's6'] as const

test(`whatever is done to a configuration of ${KINDS.join(', ')}: it is imported, or refused with a code`, async () => {
  const played = await fuzzImports(KINDS, 25_000, 3_000_000)
  expect(played).toBe(process.env.STEAD_SEED === undefined ? 25_000 : 1)
})
