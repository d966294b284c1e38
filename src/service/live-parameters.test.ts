import { describe, expect, test } from 'vitest'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { isSteadError } from '../errors.ts'
import type { SetParameter } from '../model/parameter.ts'
import type { AskedParameters, ToldParameters } from '../model/parameter-channel.ts'
import { readDeclarations } from '../model/parameter-declaration.ts'
import { LONGEST_WAIT } from '../model/parameter-expiry.ts'
import { liveParameters } from './live-parameters.ts'
import { makeLogger } from './logger.ts'

const { specs } = readDeclarations({ rate: { type: 'integer', default: 10, max: 100 } })
const TIMEOUT = 5_000

/** A service whose parameters are set by `ask`; it says what it tells, logs and fails with. */
async function bench() {
  const clock = manualClock()
  const told: Omit<ToldParameters, 'life'>[] = []
  const logged: string[] = []
  const failures: unknown[] = []
  let asked: AskedParameters | null = null
  let changed = (): void => {}
  const live = liveParameters({
    specs,
    clock,
    timeout: TIMEOUT,
    logger: makeLogger(({ message }) => void logged.push(message)),
    failed: (error) => void failures.push(error),
    channel: {
      asked: () => asked,
      tell: (one) => void told.push(one),
      watch(notice) {
        changed = notice
        return () => {
          changed = () => {}
        }
      },
    },
  })
  live.begin()
  live.open()
  await clock.settle()
  return {
    ...{ live, clock, told, logged, failures },
    async lose() {
      asked = null
      changed()
      await clock.settle()
    },
    async ask(number: number, value: SetParameter['value'] | null, lasting: number | null = null) {
      const at = clock.wall()
      const until = lasting === null ? null : new Date(at.getTime() + lasting).toISOString()
      const one = { by: 'a test', at: at.toISOString(), until }
      asked = { number, set: value === null ? {} : { rate: { value, ...one } } }
      changed()
      await clock.settle()
    },
  }
}

describe('parameters of a running service', () => {
  test('are taken in the order in which they come, and answered each with its number', async () => {
    const { live, told, ask } = await bench()
    const gate = Promise.withResolvers<void>()
    const seen: unknown[] = []
    live.listen(async ({ old, parameters }) => {
      seen.push([old.rate, parameters.rate])
      await gate.promise
    })
    await ask(1, 20)
    await ask(2, 30)
    expect(live.current.rate).toBe(10)
    gate.resolve()
    await ask(3, 30)
    expect(seen).toEqual([
      [10, 20],
      [20, 30],
    ])
    expect(told.map(({ number, values }) => [number, values.rate])).toEqual([
      [0, 10],
      [1, 20],
      [3, 30],
    ])
    expect(Object.isFrozen(live.current)).toBe(true)
  })

  test('end the service where a part of it takes for ever', async () => {
    const { live, clock, failures, ask } = await bench()
    live.listen(() => new Promise(() => {}))
    await ask(1, 20)
    await clock.advance(TIMEOUT)
    expect(String(failures[0])).toContain('parameters were not taken within 5s')
  })

  test('end the service where a part of it cannot go back', async () => {
    const { live, failures, ask } = await bench()
    live.listen(({ parameters }) => {
      if (parameters.rate === 10) throw new Error('no way back')
    })
    live.listen(() => {
      throw new Error('no')
    })
    await ask(1, 20)
    expect(failures.map((error) => isSteadError(error, 'CONFIG_MIXED'))).toEqual([true])
  })

  test('are offered again where a part of it does not let a value end by its time', async () => {
    const { live, clock, logged, ask } = await bench()
    let refuses = true
    live.listen(({ parameters }) => {
      if (parameters.rate === 10 && refuses) throw new Error('not yet')
    })
    await ask(1, 20, 1_000)
    await clock.advance(1_000)
    expect(live.current.rate).toBe(20)
    expect(logged.join()).toContain('parameters refused: Error: not yet')
    refuses = false
    await clock.advance(LONGEST_WAIT)
    expect(live.current.rate).toBe(10)
  })

  test('stay what they are where what was asked is gone', async () => {
    const { live, told, ask, lose } = await bench()
    await ask(1, 20)
    await lose()
    expect(live.current.rate).toBe(20)
    expect(told.at(-1)).toMatchObject({ number: 1, refused: null })
  })

  test('tell nothing once it has ended', async () => {
    const { live, told, ask } = await bench()
    live.close()
    await ask(1, 20)
    expect(told).toHaveLength(1)
  })
})
