import { beforeEach, describe, expect, test } from 'vitest'
import { fakeProbes } from '../../test/fakes/probes.ts'
import { virtualTime } from '../../test/simulation/virtual-time.ts'
import type { ProbeDeps } from './probe-loop.ts'
import { watchHealth, watchReadiness } from './watch-health.ts'

const CHECK = {
  kind: 'http',
  url: 'http://localhost/healthz',
  every: 10_000,
  timeout: 2_000,
  failures: 3,
  startPeriod: 0,
} as const

let time: ReturnType<typeof virtualTime>
let probes: ReturnType<typeof fakeProbes>
let deps: ProbeDeps
let told: unknown[][]
const report = (...args: unknown[]): void => void told.push(args)

beforeEach(() => {
  time = virtualTime(() => 0)
  probes = fakeProbes()
  told = []
  const exec = { cwd: '/srv', env: {}, user: 'www', group: null, supplementaryGroups: null }
  deps = { clock: time.clock, timers: time.timers, probes, exec }
})

async function answerNext(after: number, ok: boolean): Promise<void> {
  const before = probes.asked.length
  time.pass(after)
  expect(probes.asked).toHaveLength(before + 1)
  await probes.asked.at(-1)?.answer(ok)
}

describe('the health of a program', () => {
  test('a good answer makes it healthy, told once', async () => {
    const watch = watchHealth(CHECK, deps, report)
    await answerNext(20, true)
    await answerNext(10_000, true)
    expect(told).toEqual([[true, '200 OK', 20]])
    expect(watch.fact()).toMatchObject({ ok: true, took: 1, detail: '200 OK', failures: 0 })
    watch.stop()
  })

  test('so many bad ones in a row make it unhealthy, since its last good one', async () => {
    const watch = watchHealth(CHECK, deps, report)
    await answerNext(20, true)
    await answerNext(10_000, false)
    await answerNext(10_000, false)
    await answerNext(10_000, true)
    told.length = 0
    for (let count = 0; count < 4; count += 1) await answerNext(10_000, false)
    expect(told).toEqual([[false, '3 health probes failed: ECONNREFUSED', 30_020]])
    expect(watch.fact().failures).toBe(4)
    watch.stop()
  })

  test('it may become healthy again', async () => {
    const watch = watchHealth({ ...CHECK, failures: 1 }, deps, report)
    await answerNext(20, true)
    await answerNext(10_000, false)
    await answerNext(10_000, true)
    expect(told.map(([healthy]) => healthy)).toEqual([true, false, true])
    watch.stop()
  })

  test('in its start period bad answers do not count', async () => {
    const watch = watchHealth({ ...CHECK, failures: 1, startPeriod: 60_000 }, deps, report)
    for (;;) {
      time.next()
      await probes.asked.at(-1)?.answer(false)
      if (time.clock.monotonic() >= 60_000) break
      expect(told).toEqual([])
    }
    expect(told).toHaveLength(1)
    watch.stop()
  })

  test('no answer in time is a bad one; the probe is ended, and never are there two', async () => {
    const watch = watchHealth({ ...CHECK, every: 1_000, timeout: 5_000 }, deps, report)
    await answerNext(20, true)
    time.pass(1_000)
    expect(probes.asked).toHaveLength(2)
    time.pass(4_999)
    expect(probes.asked).toHaveLength(2)
    time.pass(1)
    expect(probes.asked[1]?.signal.aborted).toBe(true)
    expect(watch.fact().detail).toBe('no answer within 5000 ms')
    expect(probes.asked).toHaveLength(3)
    watch.stop()
  })

  test('L10 an answer after its timeout, or after the end of the watching, is not heard', async () => {
    const watch = watchHealth({ ...CHECK, failures: 1 }, deps, report)
    await answerNext(20, true)
    time.pass(10_000)
    const late = probes.asked.at(-1)
    time.pass(2_000)
    expect(told.at(-1)?.[0]).toBe(false)
    await late?.answer(true)
    expect(watch.fact().ok).toBe(false)
    time.pass(8_000)
    watch.stop()
    expect(probes.asked.at(-1)?.signal.aborted).toBe(true)
    await probes.asked.at(-1)?.answer(true)
    expect(told).toHaveLength(2)
    expect(time.pending).toBe(0)
  })

  test('T01 the wall clock may jump as it likes', async () => {
    const watch = watchHealth(CHECK, deps, report)
    await answerNext(20, true)
    time.jump(86_400_000)
    time.pass(9_999)
    time.jump(-2 * 86_400_000)
    expect(probes.asked).toHaveLength(1)
    time.pass(1)
    expect(probes.asked).toHaveLength(2)
    watch.stop()
  })
})

describe('the readiness of a program', () => {
  test('is asked for soon, then at growing intervals, until it is there', async () => {
    const times: number[] = []
    watchReadiness({ ...CHECK, every: 100 }, deps, () => told.push(['ready']))
    for (let count = 0; count < 8; count += 1) {
      time.next()
      times.push(Math.round(time.clock.monotonic()))
      await probes.asked.at(-1)?.answer(count === 7)
    }
    expect(times).toEqual([20, 50, 95, 163, 263, 363, 463, 563])
    expect(told).toEqual([['ready']])
    expect(time.pending).toBe(0)
  })

  test('commands run as the program does', () => {
    const check = { kind: 'exec', command: ['test', '-f', 'x'], every: 1, timeout: 1 } as const
    const watch = watchReadiness(check, deps, () => {})
    time.pass(1)
    expect(probes.asked[0]?.what).toBe('exec test -f x as www in /srv')
    watch.stop()
    expect(time.pending).toBe(0)
  })
})
