import { describe, expect, test } from 'vitest'
import { type DeliverySource, delayAfter, delivery, type Outcome } from './delivery.ts'

const BACK_OFF = { first: 100, most: 1_000, jitter: 0 }
const later = (after: number | null = null): Outcome => ({ kind: 'later', why: 'down', after })

/** Numbers to be told, one by one. */
function numbers(upTo: number): DeliverySource<number> & { told: number[]; refused: number[] } {
  let next = 1
  const source = {
    told: [] as number[],
    refused: [] as number[],
    due: () => (next > upTo ? null : 0),
    take: () => next,
    settle: () => void source.told.push(next++),
    refuse: () => void source.refused.push(next++),
  }
  return source
}

describe('a delivery', () => {
  test('tells one thing after the other', () => {
    const source = numbers(3)
    const machine = delivery(source, () => 0.5, BACK_OFF)
    for (let now = 0; now < 3; now += 1) {
      expect(machine.next(now)).toEqual({ do: 'send', batch: now + 1 })
      expect(machine.next(now)).toEqual({ do: 'nothing' })
      machine.ended({ kind: 'done' }, now)
    }
    expect(machine.next(9)).toEqual({ do: 'nothing' })
    expect(machine.facts).toEqual({ state: 'up', failures: 0, trouble: null })
  })

  test('waits twice as long after each failure, up to a cap, and then tells the same', () => {
    const machine = delivery(numbers(1), () => 0.5, BACK_OFF)
    const waits: number[] = []
    for (let now = 0, turn = 0; turn < 6; turn += 1) {
      expect(machine.next(now)).toEqual({ do: 'send', batch: 1 })
      machine.ended(later(), now)
      const action = machine.next(now)
      if (action.do !== 'wait') throw new Error(action.do)
      waits.push(action.for)
      now += action.for
    }
    expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000])
    expect(machine.facts).toEqual({ state: 'down', failures: 6, trouble: 'down' })
  })

  test('waits as long as it is asked to, within the cap', () => {
    expect(delayAfter(1, BACK_OFF, () => 0.5, 700)).toBe(700)
    expect(delayAfter(1, BACK_OFF, () => 0.5, 86_400_000)).toBe(1_000)
    expect(delayAfter(1, { ...BACK_OFF, jitter: 0.2 }, () => 1, null)).toBe(120)
    expect(delayAfter(1_000_000, BACK_OFF, () => 0.5, null)).toBe(1_000)
  })

  test('gives up what is refused, and does not run in a circle', () => {
    const source = numbers(2)
    const machine = delivery(source, () => 0.5, BACK_OFF)
    machine.next(0)
    machine.ended({ kind: 'refused', why: 'HTTP 400' }, 0)
    expect(source.refused).toEqual([1])
    expect(machine.next(0)).toEqual({ do: 'wait', for: 100 })
    machine.next(100)
    machine.ended({ kind: 'done' }, 100)
    expect(source.told).toEqual([2])
  })

  test('waits for nothing once it is to flush', () => {
    const machine = delivery(numbers(1), () => 0.5, BACK_OFF)
    machine.next(0)
    machine.ended(later(), 0)
    machine.flush()
    expect(machine.next(0)).toEqual({ do: 'send', batch: 1 })
  })
})
