import { expect, test } from 'vitest'
import { scriptedRunner } from '../../../test/fakes/command-runner.ts'
import { processFacts } from './process-facts.ts'

const now = new Date('2026-11-21T12:00:00Z')
const clock = { monotonic: () => 0, wall: () => now, sleep: async () => {} }

const ps = (stdout: string) => scriptedRunner(() => ({ stdout }))

test.each([
  ['    00:05   2048\n', '2026-11-21T11:59:55.000Z', 2_097_152],
  ['01:00:00 1\n', '2026-11-21T11:00:00.000Z', 1_024],
  ['2-03:04:05 10\n', '2026-11-19T08:55:55.000Z', 10_240],
])('reads age and memory out of %j', async (text, startedAt, memory) => {
  expect(await processFacts(ps(text), clock, 1)).toEqual({ startedAt: new Date(startedAt), memory })
})

test('a process that is not there has none, nor one that ps tells otherwise of', async () => {
  expect(
    await processFacts(
      scriptedRunner(() => 1),
      clock,
      1,
    ),
  ).toBeNull()
  expect(await processFacts(ps('ELAPSED RSS'), clock, 1)).toBeNull()
})
