import { beforeEach, describe, expect, test } from 'vitest'
import { settled } from '../../test/fakes/probes.ts'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import type { Usage } from '../model/ports/tree-usage.ts'
import { type LimitWatch, limitWatch } from './watch-limits.ts'

const MIB = 1024 * 1024
let time: ReturnType<typeof virtualTime>
let found: Map<number, Usage>
let samples: number
let watch: LimitWatch
let told: unknown[][]
const report = (...args: unknown[]): void => void told.push(args)

beforeEach(() => {
  time = virtualTime(() => 0)
  found = new Map()
  samples = 0
  told = []
  const usage = {
    async sample(roots: readonly number[]) {
      samples += 1
      return new Map([...found].filter(([pid]) => roots.includes(pid)))
    },
  }
  watch = limitWatch({ ...time, usage })
})

async function look(cpu = 0): Promise<void> {
  for (const [pid, usage] of found) found.set(pid, { ...usage, cpu: usage.cpu + cpu })
  time.pass(2_000)
  await settled()
}

describe('limits', () => {
  test('memory over its limit at two looks in a row is told once, with numbers', async () => {
    found.set(7, { memory: 300 * MIB, cpu: 0 })
    watch.add(7, { memory: 256 * MIB, cpu: null }, report)
    await look()
    found.set(7, { memory: 100 * MIB, cpu: 0 })
    await look()
    found.set(7, { memory: 300 * MIB, cpu: 0 })
    await look()
    expect(told).toEqual([])
    await look()
    expect(told).toEqual([['memory', 'it used 300.0 MiB of memory; its limit is 256.0 MiB', 6_000]])
    expect(time.pending).toBe(0)
  })

  test('memory that Windows has refused is told at the first look, whatever is used by then', async () => {
    found.set(7, { memory: 100 * MIB, cpu: 0, refused: true })
    watch.add(7, { memory: null, cpu: 50 }, report)
    await look()
    expect(told).toEqual([])
    watch.add(7, { memory: 256 * MIB, cpu: null }, report)
    await look()
    const why = 'Windows refused it more memory; its limit is 256.0 MiB'
    expect(told).toEqual([['memory', why, 4_000]])
  })

  test('processor time counts over ten seconds', async () => {
    found.set(7, { memory: 0, cpu: 5_000 })
    watch.add(7, { memory: null, cpu: 50 }, report)
    await look()
    for (let count = 0; count < 10; count += 1) await look(900)
    expect(told).toEqual([])
    for (let count = 0; count < 5; count += 1) await look(1_100)
    expect(told).toEqual([['cpu', 'it used 51 % of a core over 10 s; its limit is 50 %', 18_000]])
  })

  test('all are measured in one look; without a limit nothing is', async () => {
    const stops = [1, 2, 3].map((pid) => watch.add(pid, { memory: MIB, cpu: null }, report))
    watch.add(4, { memory: null, cpu: null }, report)
    await look()
    expect(samples).toBe(1)
    for (const stop of stops) stop()
    expect(time.pending).toBe(0)
    time.pass(60_000)
    expect(samples).toBe(1)
  })

  test('L10 a measurement that comes after the end of the watching is not judged', async () => {
    found.set(7, { memory: 2 * MIB, cpu: 0 })
    const stop = watch.add(7, { memory: MIB, cpu: null }, report)
    await look()
    time.pass(2_000)
    stop()
    await settled()
    expect(told).toEqual([])
    expect(time.pending).toBe(0)
  })

  test('a look that fails is no reason to stop looking', async () => {
    let broken = true
    const usage = {
      sample: async () => {
        if (broken) throw new Error('EMFILE')
        return new Map([[7, { memory: 2 * MIB, cpu: 0 }]])
      },
    }
    limitWatch({ ...time, usage }).add(7, { memory: MIB, cpu: null }, report)
    await look()
    broken = false
    await look()
    await look()
    expect(told).toHaveLength(1)
  })
})
