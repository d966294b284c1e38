import { describe, expect, test } from 'vitest'
import type { Usage } from '../model/ports/tree-usage.ts'
import type { Instance } from './instance.ts'
import type { Instances } from './instances.ts'
import { usageMeter } from './usage-meter.ts'

const instance = (id: string, pid: number | null): Instance =>
  ({ id, state: { pid, incarnation: 2 } }) as Instance

function room(list: readonly Instance[]) {
  const looks: (readonly number[])[] = []
  const room = { now: 0, looks, fails: false }
  const meter = usageMeter({
    clock: {
      monotonic: () => room.now,
      wall: () => new Date(Date.UTC(2026, 0, 1) + room.now),
      sleep: async () => {},
    },
    instances: { all: () => list } as Instances,
    usage: {
      async sample(roots) {
        looks.push(roots)
        if (room.fails) throw new Error('no /proc')
        return new Map(roots.map((pid): [number, Usage] => [pid, { memory: pid, cpu: room.now }]))
      },
    },
  })
  return { ...room, at: (now: number) => Object.assign(room, { now }), meter, room }
}

describe('usage', () => {
  const [web, db, idle] = [instance('web', 10), instance('db', 20), instance('idle', null)]

  test('is told of those that are asked for and have a process', async () => {
    const { meter } = room([web, db, idle])
    expect(await meter([web, idle])).toEqual({
      at: '2026-01-01T00:00:00.000Z',
      clock: 0,
      services: [{ id: 'web', pid: 10, incarnation: 2, memory: 10, cpu: 0 }],
    })
  })

  test('is one look for all who ask within half a second', async () => {
    const { meter, looks, at } = room([web, db])
    await Promise.all([meter([web]), meter([db])])
    at(499)
    expect((await meter([db])).clock).toBe(0)
    expect(looks).toEqual([[10, 20]])
    at(500)
    expect((await meter([db])).clock).toBe(500)
    expect(looks).toHaveLength(2)
  })

  test('of one alone is looked at anew when its life began after the last look', async () => {
    const list = [web, db]
    const { meter, looks } = room(list)
    await meter([web])
    list[0] = instance('web', 11)
    expect((await meter([list[0]])).services).toMatchObject([{ id: 'web', pid: 11 }])
    expect(looks).toEqual([
      [10, 20],
      [11, 20],
    ])
  })

  test('a look that fails is not kept', async () => {
    const { meter, room: state } = room([web])
    state.fails = true
    await expect(meter([web])).rejects.toThrow('no /proc')
    state.fails = false
    expect((await meter([web])).services).toHaveLength(1)
  })
})
