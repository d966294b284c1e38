import { expect, test } from 'vitest'
import { jobLimits, priorityClass, withKillOnClose } from './job-limits.ts'

const NONE = { priority: null, affinity: null, killOnClose: true } as const

/** LimitFlags, ActiveProcessLimit, Affinity and PriorityClass, where <winnt.h> has them on 64 bits. */
const fields = (limits: Buffer) => [
  limits.readUInt32LE(16),
  limits.readUInt32LE(40),
  limits.readBigUInt64LE(48),
  limits.readUInt32LE(56),
]

test('without a word a job ends with its last handle, and limits nothing', () => {
  expect(fields(jobLimits({ rlimits: {} }))).toEqual([0x2000, 0, 0n, 0])
  expect(fields(jobLimits({ windows: NONE, rlimits: {} }))).toEqual([0x2000, 0, 0n, 0])
  expect(priorityClass({ windows: NONE })).toBe(0)
})

test('each limit has its flag and its field', () => {
  const windows = { priority: 'below-normal', affinity: [0, 3, 63], killOnClose: false } as const
  const limits = jobLimits({ windows, rlimits: { processes: 5 } })
  expect(fields(limits)).toEqual([0x38, 5, 0x8000000000000009n, 0x4000])
  expect(priorityClass({ windows })).toBe(0x4000)
})

test('the end at the last handle is put on and taken off, and nothing else changes', () => {
  const limits = jobLimits({ rlimits: { processes: 5 } })
  expect(fields(withKillOnClose(limits, false))).toEqual([0x8, 5, 0n, 0])
  expect(fields(withKillOnClose(limits, true))).toEqual([0x2008, 5, 0n, 0])
})
