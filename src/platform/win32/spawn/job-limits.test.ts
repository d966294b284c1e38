import { expect, test } from 'vitest'
import {
  cpuRate,
  holdsMemory,
  jobLimits,
  priorityClass,
  withKillOnClose,
  withMemory,
} from './job-limits.ts'

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

const MIB = 1024 * 1024

/** LimitFlags and JobMemoryLimit. */
const memoryOf = (limits: Buffer) => [limits.readUInt32LE(16), limits.readBigUInt64LE(120)]

test.each([
  [256 * MIB, 320 * MIB],
  [8 * MIB, 40 * MIB],
])(
  'the committed memory of all is held to a quarter more than %d bytes, and 32 MiB at least',
  (memory, most) => {
    const limits = jobLimits({ rlimits: { processes: 5 }, limits: { memory, cpu: null } })
    expect(memoryOf(limits)).toEqual([0x2208, BigInt(most)])
    expect(limits.length).toBe(144)
  },
)

test('another limit of memory leaves the rest, and none takes its flag off', () => {
  const limits = jobLimits({ rlimits: { processes: 5 } })
  expect(holdsMemory(limits)).toBe(false)
  expect(memoryOf(withMemory(limits, 256 * MIB))).toEqual([0x2208, BigInt(320 * MIB)])
  expect(holdsMemory(limits)).toBe(true)
  expect(memoryOf(withMemory(limits, null))).toEqual([0x2008, 0n])
  expect(fields(limits)).toEqual([0x2008, 5, 0n, 0])
})

test.each([
  ['half a core of four', 50, 4, [5, 1563]],
  ['two cores of four', 200, 4, [5, 6250]],
  ['a hundredth of one of 64', 1, 64, [5, 2]],
  ['all that there is', 100, 1, [0, 0]],
  ['more than there is', 400, 2, [0, 0]],
  ['no limit', null, 4, [0, 0]],
] as const)(
  'processor time is held to a quarter more than the limit: %s',
  (_what, cpu, cores, expected) => {
    const rate = cpuRate(cpu, cores)
    expect([rate.readUInt32LE(0), rate.readUInt32LE(4), rate.length]).toEqual([...expected, 8])
  },
)
