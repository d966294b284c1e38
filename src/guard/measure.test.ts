import { describe, expect, test } from 'vitest'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import type { GuardFacts, InstanceStatus } from '../model/guard-status.ts'
import type { OutputCounts } from '../model/ports/program-output.ts'
import type { Instance } from './instance.ts'
import { lagMeter } from './lag-meter.ts'
import { measuring } from './measure.ts'
import { tallies } from './tallies.ts'

const COUNTS: OutputCounts = {
  emitted: 5,
  stored: 5,
  dropped: 0,
  pending: 0,
  gaps: 0,
  lines: 1,
  rotations: 0,
  trouble: null,
}

function room(ids: readonly string[]) {
  let order = 0
  const time = virtualTime(() => order++)
  const looks: (readonly number[])[] = []
  const all = ids.map((id, at) => {
    const state = { pid: at + 10, incarnation: 1, phase: 'running' }
    const channel = { file: '/log', counts: (): Promise<OutputCounts> => Promise.resolve(COUNTS) }
    return { id, service: id, state, channel }
  })
  const state = { fails: false, cpu: 100 }
  const made = measuring({
    ...time,
    usage: {
      async sample(roots) {
        looks.push(roots)
        if (state.fails) throw new Error('no /proc')
        return new Map(roots.map((pid) => [pid, { memory: pid, cpu: state.cpu }]))
      },
      extents: async (roots) =>
        new Map(roots.map((pid) => [pid, { processes: 2, descriptors: 9 }])),
    },
    own: () => ({ memory: 1, cpu: 2, descriptors: 3 }),
    events: { lost: () => 0 },
    tallies: tallies(time.clock),
    all: () => all as unknown as Instance[],
    statuses: (list) =>
      list.map(({ id, service }) => ({ id, service, phase: 'running' }) as InstanceStatus),
    facts: () => ({}) as GuardFacts,
    parametersOf: () => [],
    groups: () => [{ name: 'g', strategy: 'one_for_one', services: ['a', 'b'] }],
  })
  const read = async (...names: string[]) =>
    made.read(all.filter(({ id }) => names.includes(id)) as unknown as Instance[])
  return { time, looks, all, state, read, stop: made.stop }
}

describe('measuring', () => {
  test('is one look for all who ask within a second, and the same object for the same question', async () => {
    const { looks, read, time } = room(['a', 'b', 'c'])
    const [first, second, part] = await Promise.all([
      read('a', 'b', 'c'),
      read('a', 'b', 'c'),
      read('a'),
    ])
    for (let turn = 0; turn < 90; turn += 1) {
      time.pass(10)
      expect(await read('a', 'b', 'c')).toBe(first)
      expect(await read('a')).toBe(part)
    }
    expect(second).toBe(first)
    expect(looks).toEqual([[10, 11, 12]])
    time.pass(200)
    expect(await read('a', 'b', 'c')).not.toBe(first)
    expect(looks).toHaveLength(2)
  })

  test('tells of those that are asked for alone, in groups too', async () => {
    const { read } = room(['a', 'b', 'c'])
    const { services, groups } = await read('a')
    expect(services.map(({ status }) => status.id)).toEqual(['a'])
    expect(groups).toEqual([{ name: 'g', strategy: 'one_for_one', services: ['a'] }])
    expect((await read('c')).groups).toEqual([])
  })

  test('adds up the processor time of lives, and never tells less than before', async () => {
    const { read, state, all, time } = room(['a'])
    const cpu = async (): Promise<number | undefined> => {
      time.pass(1_000)
      return (await read('a')).services[0]?.burden?.cpu
    }
    expect(await cpu()).toBe(100)
    state.cpu = 60
    expect(await cpu()).toBe(100)
    state.cpu = 150
    expect(await cpu()).toBe(150)
    ;(all[0] as (typeof all)[0]).state = { pid: 99, incarnation: 2, phase: 'running' }
    state.cpu = 20
    expect(await cpu()).toBe(170)
  })

  test('leaves out the output of a log whose keeper does not answer in time', async () => {
    const { read, all, time } = room(['a', 'b'])
    ;(all[0] as (typeof all)[0]).channel.counts = () => new Promise(() => {})
    ;(all[1] as (typeof all)[0]).channel.counts = () => Promise.reject(new Error('closed'))
    const asked = read('a', 'b')
    await new Promise((resolve) => setImmediate(resolve))
    time.pass(1_000)
    expect((await asked).services.map(({ output }) => output)).toEqual([null, null])
  })

  test('that fails is tried again by the next', async () => {
    const { read, state } = room(['a'])
    state.fails = true
    await expect(read('a')).rejects.toThrow('no /proc')
    state.fails = false
    expect((await read('a')).services).toHaveLength(1)
  })
})

describe('the lag of the guard', () => {
  test('is measured from the first time that somebody asks until nobody does any more', () => {
    let order = 0
    const time = virtualTime(() => order++)
    const meter = lagMeter(time)
    expect(time.pending).toBe(0)
    expect(meter.read().sum).toBe(0)
    time.pass(10_000)
    expect(meter.read().counts[0]).toBe(40)
    time.pass(400_000)
    expect(time.pending).toBe(0)
    meter.read()
    expect(time.pending).toBe(1)
    meter.stop()
    expect(time.pending).toBe(0)
  })
})
