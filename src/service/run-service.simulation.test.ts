import { expect, test } from 'vitest'
import { fakeHost, fakeProcessEvents } from '../../test/fakes/host.ts'
import { manualClock } from '../../test/fakes/manual-clock.ts'
import { seededRandom } from '../../test/fakes/seeded-random.ts'
import type { LifecycleState } from '../model/lifecycle-state.ts'
import type { Control } from '../model/ports/host.ts'
import { defineService } from './define-service.ts'
import { runService } from './run-service.ts'

const RUNS = 5_000
const first = Number(process.env.STEAD_SEED ?? 1)
const runs = process.env.STEAD_SEED === undefined ? RUNS : 1

/** What may be reported after what: the lifecycle as a manager sees it. */
const FOLLOWS: Readonly<Record<LifecycleState, readonly string[]>> = {
  stopped: ['starting'],
  starting: ['running', 'stopping', 'finish'],
  running: ['pausing', 'reloading', 'stopping', 'finish'],
  pausing: ['paused', 'running', 'stopping', 'finish'],
  paused: ['resuming', 'stopping', 'finish'],
  resuming: ['running', 'paused', 'stopping', 'finish'],
  reloading: ['running', 'stopping', 'finish'],
  stopping: ['finish'],
}

const CONTROLS: readonly Control[] = [
  { type: 'pause' },
  { type: 'resume' },
  { type: 'reload' },
  { type: 'interrogate' },
  { type: 'custom', code: 200 },
  { type: 'stop', reason: 'request', force: false },
  { type: 'stop', reason: 'interrupt', force: true },
]

test(`S03 S04 ${runs} random lives keep the table, end once, and end when they are asked to`, {
  timeout: 60_000,
}, async () => {
  for (let seed = first; seed < first + runs; seed += 1) {
    const story = await live(seed)
    try {
      check(story)
    } catch (error) {
      throw new Error(`STEAD_SEED=${seed} replays it: ${story.reports.join(', ')}`, {
        cause: error,
      })
    }
  }
})

interface Story {
  readonly reports: readonly string[]
  readonly finishes: number
  readonly stopAsked: boolean
  readonly code: number | null
  readonly alive: number
  readonly sleepers: number
}

async function live(seed: number): Promise<Story> {
  const random = seededRandom(seed)
  const host = fakeHost(random.chance(0.3) ? 1_000 : null)
  const clock = manualClock()
  const events = fakeProcessEvents()
  // Each of the user's functions resolves, rejects or hangs, at once or after a while.
  const step = async (): Promise<void> => {
    const wait = random.chance(0.5) ? 0 : random.below(8_000)
    if (wait > 0) await clock.sleep(wait)
    if (random.chance(0.15)) throw new Error('it does not want to')
    if (random.chance(0.1)) await new Promise(() => {})
  }
  const service = defineService({
    name: 'life',
    startTimeout: '5s',
    stopTimeout: '3s',
    ...(random.chance(0.3) ? { watchdog: '2s' } : {}),
    start(context) {
      if (random.chance(0.5)) context.onStop(step)
      if (random.chance(0.1)) context.extendTimeout(7_000)
      if (random.chance(0.05)) context.done()
      if (random.chance(0.05)) context.fail(new Error('given up'))
      return step()
    },
    stop: step,
    pause: step,
    resume: step,
    reload: step,
    onCustom: step,
  })
  let code: number | null = null
  void runService(service, { host, clock, events, configFile: null }).then((ended) => {
    code = ended
  })
  let stopAsked = false
  for (let turn = random.below(12); turn > 0; turn -= 1) {
    if (random.chance(0.7)) await clock.advance(random.below(4_000))
    const what = random.below(20)
    if (what === 0) events.fault(new Error('boom'))
    else if (what === 1) events.exit(random.below(3))
    else {
      const control = random.pick(CONTROLS)
      stopAsked ||= control.type === 'stop'
      host.send(control)
    }
  }
  // Longer than any deadline: what was asked to stop must have ended by then.
  await clock.advance(30_000)
  const { reports, finished } = host
  return {
    reports,
    finishes: finished.length,
    stopAsked,
    code,
    alive: events.alive,
    sleepers: clock.sleepers,
  }
}

function check({ reports, finishes, stopAsked, code, alive }: Story): void {
  let state: string = 'stopped'
  for (const report of reports) {
    const next = report.split(' ')[0] as string
    // An extension repeats the state that it is for.
    if (next === state) continue
    expect(FOLLOWS[state as LifecycleState], `${state} → ${next}`).toContain(next)
    state = next
  }
  expect(finishes).toBeLessThanOrEqual(1)
  if (stopAsked) expect(finishes).toBe(1)
  expect(code !== null).toBe(finishes === 1)
  expect(alive).toBe(finishes === 1 ? 0 : 1)
}
